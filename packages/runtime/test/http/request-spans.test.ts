import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { createServer, Socket, type AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
} from "@opentelemetry/sdk-trace-node";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { get, plainEnvironment, rawClient, serveForTest, upgradeRequest } from "../helpers.ts";

let exporter: InMemorySpanExporter;
beforeEach(() => {
  exporter = new InMemorySpanExporter();
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
});
afterEach(() => {
  for (const api of [trace, context, propagation]) api.disable();
});

const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
const activeSpan = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;

async function spans(count: number): Promise<ReadableSpan[]> {
  await expect.poll(() => exporter.getFinishedSpans().length).toBe(count);
  return exporter.getFinishedSpans();
}

test("a request is a span below the caller's, which its handler and its body's events have", async () => {
  const active: (string | undefined)[] = [];
  const { url } = await serveForTest(
    plainEnvironment((request, response) => {
      active.push(activeSpan());
      request.on("data", () => active.push(activeSpan())).on("end", () => response.writeHead(201).end());
    }),
  );
  await fetch(`${url}/orders?token=secret`, { method: "POST", body: "x", headers: { traceparent } });
  const [span] = await spans(1);
  expect(span).toMatchObject({
    name: "POST",
    kind: SpanKind.SERVER,
    parentSpanContext: { traceId: "a".repeat(32), spanId: "b".repeat(16), isRemote: true },
    status: { code: SpanStatusCode.UNSET },
    attributes: {
      "http.request.method": "POST",
      "http.response.status_code": 201,
      "url.path": "/orders",
      "server.address": "127.0.0.1",
      "server.port": Number(new URL(url).port),
      "appenv.app": "plain",
    },
  });
  expect(JSON.stringify(span?.attributes)).not.toContain("secret");
  expect(active).toEqual([span?.spanContext().spanId, span?.spanContext().spanId]);
});

test.each([
  ["500 is an error", "GET", 500, SpanStatusCode.ERROR],
  ["404 is none of the app's", "GET", 404, SpanStatusCode.UNSET],
])("an answer %s", async (_, method, status, code) => {
  const { url } = await serveForTest(plainEnvironment((_request, response) => response.writeHead(status).end()));
  await fetch(url, { method });
  expect(await spans(1)).toMatchObject([{ status: { code }, attributes: { "http.response.status_code": status } }]);
});

test("a method that nobody knows makes no name of its own", async () => {
  const { port } = await serveForTest(plainEnvironment((_, response) => response.end("done")));
  await rawClient(port).send("PROPFIND / HTTP/1.1\r\nHost: test\r\n\r\n").until("done");
  expect(await spans(1)).toMatchObject([
    { name: "HTTP", attributes: { "http.request.method": "_OTHER", "http.request.method_original": "PROPFIND" } },
  ]);
});

test("a client that goes away ends the span", async () => {
  const arrived = Promise.withResolvers<void>();
  const { port } = await serveForTest(plainEnvironment(() => arrived.resolve()));
  const client = rawClient(port).send(get("/"));
  await arrived.promise;
  client.socket.destroy();
  expect(await spans(1)).toMatchObject([
    { status: { code: SpanStatusCode.ERROR }, attributes: { "error.type": "closed" } },
  ]);
});

test("health probes and refused requests are no spans", async () => {
  const { url } = await serveForTest(plainEnvironment((_, response) => response.end(), { requiresAuth: true }));
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(url, { headers: { "x-api-key": "secret-key" } })).status).toBe(200);
  expect(await spans(1)).toMatchObject([{ attributes: { "http.response.status_code": 200 } }]);
});

test("an upgrade is a span that ends when the app has the socket, and whose events it has", async () => {
  const seen = Promise.withResolvers<string | undefined>();
  const environment = plainEnvironment((_, response) => response.end());
  environment.server(() => ({
    request: (_request, response) => response.end(),
    upgrade: (_request, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      socket.on("data", () => seen.resolve(activeSpan()));
    },
  }));
  const { port } = await serveForTest(environment);
  const client = rawClient(port).send(upgradeRequest("/"));
  await client.until("101 Switching");
  const [span] = await spans(1);
  client.send("hello");
  expect(await seen.promise).toBe(span?.spanContext().spanId);
  expect(span).toMatchObject({ name: "GET", attributes: { "http.response.status_code": 101 } });
});

test("where an instrumentation of node:http has made a span, there is no second one", async () => {
  const environment = plainEnvironment((_, response) => response.end(String(activeSpan())));
  const { app, url } = await serveForTest(environment);
  const { server } = app.ingress;
  const emit = server.emit.bind(server) as (name: string, ...values: unknown[]) => boolean;
  let instrumented: string | undefined;
  server.emit = ((name: string, ...values: unknown[]) => {
    if (name !== "request") return emit(name, ...values);
    return trace.getTracer("http").startActiveSpan("instrumented", (span) => {
      instrumented = span.spanContext().spanId;
      try {
        return emit(name, ...values);
      } finally {
        span.end();
      }
    });
  }) as typeof server.emit;
  expect(await (await fetch(url)).text()).toBe(instrumented);
  expect(await spans(1)).toMatchObject([{ name: "instrumented" }]);
});

test("contexts of the app's own stay as they are", async () => {
  const own = new AsyncLocalStorage<string>();
  const environment = plainEnvironment((request, response) =>
    own.run(request.url ?? "", () => void globalThis.setImmediate(() => response.end(own.getStore()))),
  );
  const { url } = await serveForTest(environment);
  expect(await Promise.all(["/a", "/b"].map(async (path) => (await fetch(url + path)).text()))).toEqual(["/a", "/b"]);
  await spans(2);
});

/** A connection that was accepted, and not read, by somebody else: its bare handle is handed over. */
async function accepted(): Promise<{ client: ReturnType<typeof rawClient>; socket: Socket }> {
  const server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const client = rawClient((server.address() as AddressInfo).port);
  const [{ _handle: handle }] = (await once(server, "connection")) as [{ _handle: unknown }];
  return { client, socket: new Socket({ handle } as never) };
}

test("a request that waited for its replica begins with the wait, which is a span below it", async () => {
  const { app } = await serveForTest(plainEnvironment((_, response) => response.end("done")));
  const { client, socket } = await accepted();
  // It is there before the replica takes the connection.
  await new Promise((resolve) => client.socket.write(get("/first"), resolve));
  const since = Date.now() - 700;
  app.ingress.inject(socket, since);
  await client.until("done");
  client.received = Buffer.alloc(0);
  await client.send(get("/second")).until("done");
  const [wait, first, second] = await spans(3);
  expect(wait).toMatchObject({
    name: "cold start",
    kind: SpanKind.INTERNAL,
    attributes: { "appenv.app": "plain" },
    parentSpanContext: { spanId: first?.spanContext().spanId },
    startTime: [Math.trunc(since / 1_000), (since % 1_000) * 1_000_000],
  });
  expect(first).toMatchObject({ startTime: wait?.startTime, attributes: { "url.path": "/first" } });
  expect(second?.startTime).not.toEqual(first?.startTime);
});

test("a request that came after the replica was ready has not waited, though its connection has", async () => {
  const { app } = await serveForTest(plainEnvironment((_, response) => response.end("done")));
  const { client, socket } = await accepted();
  app.ingress.inject(socket, Date.now() - 700);
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  await client.send(get("/")).until("done");
  expect(await spans(1)).toMatchObject([{ name: "GET" }]);
});
