import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { expect, onTestFinished, test, vi } from "vitest";
import { AppEnvironment } from "../../src/index.ts";
import {
  currentTrace,
  flushSpans,
  inSpan,
  openSpan,
  parseTrace,
  readTrace,
  runInRequest,
  runSpan,
  type SpanStart,
  traceText,
} from "../../src/internal.ts";

const task = { project: "p", domain: "d", name: "shop.pack" };
const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

/** Registers the SDK, as a user does. */
function register(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
  onTestFinished(() => {
    for (const api of [trace, context, propagation]) api.disable();
  });
  return exporter;
}

/** An app at a server of the test's own, told to this process as a platform tells it. */
async function appAt(listener: RequestListener): Promise<{ env: AppEnvironment; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    listener(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("APPENV_ENDPOINTS", JSON.stringify({ backend: `http://127.0.0.1:${port}` }));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });
  return { env: new AppEnvironment({ name: "backend" }), seen };
}

test("each try of a call is a span below the caller's, and its context is sent", async () => {
  const exporter = register();
  const { env, seen } = await appAt((_, response) => {
    response.statusCode = seen.length === 1 ? 502 : 404;
    response.end();
  });
  await trace.getTracer("test").startActiveSpan("caller", async (caller) => {
    await env.fetch("/a?secret=1");
    caller.end();
  });
  const [first, second, caller] = exporter.getFinishedSpans();
  for (const [index, span] of [first, second].entries()) {
    const { traceId, spanId } = span?.spanContext() ?? {};
    expect(seen[index]?.headers["traceparent"]).toBe(`00-${traceId}-${spanId}-01`);
    expect(span?.parentSpanContext?.spanId).toBe(caller?.spanContext().spanId);
    expect(span).toMatchObject({ name: "GET", kind: SpanKind.CLIENT, status: { code: SpanStatusCode.ERROR } });
    expect(span?.attributes["url.full"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/a$/);
  }
  expect(first?.attributes).toMatchObject({ "http.response.status_code": 502, "error.type": "502" });
  expect(second?.attributes).toMatchObject({
    "http.request.method": "GET",
    "http.request.resend_count": 1,
    "http.response.status_code": 404,
    "server.address": "127.0.0.1",
    "appenv.app": "backend",
  });
});

test("a header of the caller stays", async () => {
  register();
  const { env, seen } = await appAt((_, response) => response.end());
  await env.fetch("/", { headers: { traceparent } });
  expect(seen[0]?.headers["traceparent"]).toBe(traceparent);
});

test("a call that fails is an error with its code", async () => {
  const exporter = register();
  const { env } = await appAt((request) => request.socket.destroy());
  await expect(env.fetch("/", { retry: false })).rejects.toMatchObject({ code: "CALL_FAILED" });
  const [span] = exporter.getFinishedSpans();
  expect(span?.status.code).toBe(SpanStatusCode.ERROR);
  expect(span?.events).toMatchObject([{ name: "exception" }]);
});

test("the span is the active one of the API, and the trace goes on from it", async () => {
  const exporter = register();
  await inSpan(
    () => runSpan(task),
    async () => {
      const { traceId = "", spanId = "" } = trace.getActiveSpan()?.spanContext() ?? {};
      expect(currentTrace()).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
    },
  );
  expect(exporter.getFinishedSpans()).toMatchObject([{ name: "run shop.pack", kind: SpanKind.PRODUCER }]);
});

test("a span below headers has the trace and the state of these", () => {
  const exporter = register();
  const above = { traceparent, tracestate: "vendor=1" };
  const span = openSpan(() => ({ ...runSpan(task), above }));
  span?.end();
  expect(exporter.getFinishedSpans()[0]?.parentSpanContext).toMatchObject({ spanId: "b".repeat(16), isRemote: true });
  expect(span?.trace).toMatchObject({ traceparent: expect.stringContaining("a".repeat(32)), tracestate: "vendor=1" });
});

test("an error that is thrown in a span is written there, and thrown", async () => {
  const exporter = register();
  const failure = Object.assign(new Error("no paper"), { code: "EMPTY" });
  const failing = inSpan(
    () => runSpan(task),
    () => Promise.reject(failure),
  );
  await expect(failing).rejects.toBe(failure);
  expect(exporter.getFinishedSpans()).toMatchObject([
    { status: { code: SpanStatusCode.ERROR, message: "no paper" }, attributes: { "error.type": "EMPTY" } },
  ]);
});

test("spans that are held are sent before a process ends, within a time", async () => {
  const exporter = register();
  const flushed = vi.spyOn(SimpleSpanProcessor.prototype, "forceFlush");
  await flushSpans();
  expect(flushed).toHaveBeenCalledOnce();
  flushed.mockReturnValue(new Promise(() => {}));
  await flushSpans(10);
  flushed.mockRejectedValue(new Error("the collector is gone"));
  await flushSpans();
  flushed.mockRestore();
  expect(exporter.getFinishedSpans()).toEqual([]);
});

test("without an SDK no span is described, code runs as it is, and a trace passes through", async () => {
  const describe = vi.fn<() => SpanStart>(() => runSpan(task));
  expect(openSpan(describe)).toBeUndefined();
  const result = Promise.resolve(1);
  expect(inSpan(describe, () => result)).toBe(result);
  expect(describe).not.toHaveBeenCalled();
  await flushSpans();
  expect(currentTrace()).toBeUndefined();
  runInRequest({ identity: undefined, trace: { traceparent } }, () => expect(currentTrace()).toEqual({ traceparent }));
});

test("an API that no SDK has registered with is as good as none", () => {
  // A library may use the API's own parts, such as its logger.
  expect(trace.getActiveSpan()).toBeUndefined();
  propagation.setGlobalPropagator({ inject: () => {}, extract: (given) => given, fields: () => [] });
  onTestFinished(() => propagation.disable());
  expect(openSpan(() => runSpan(task))).toBeUndefined();
});

test.each([
  ["", undefined],
  ["00-x", undefined],
  [`${traceparent}-more`, undefined],
  [`01${traceparent.slice(2)}-${"m".repeat(600)}`, undefined],
  [traceparent, { traceparent }],
  [`${traceparent} vendor=1,other=2`, { traceparent, tracestate: "vendor=1,other=2" }],
  [`${traceparent} ${"a=b,".repeat(200)}`, { traceparent }],
])("a context is kept as a text: %s", (text, expected) => {
  const found = parseTrace(text);
  expect(found).toEqual(expected);
  expect(found && parseTrace(traceText(found))).toEqual(expected);
  expect(readTrace(7)).toBeUndefined();
});

test("nothing of OpenTelemetry is loaded by importing AppEnv, by a call, or by a span that is not made", () => {
  const code = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ resolve: (name, context, next) => (loaded.push(name), next(name, context)) });
    const { AppEnvironment, TaskEnvironment } = await import("@appenv/core");
    const { openSpan, inSpan, flushSpans } = await import("@appenv/core/internal");
    const env = new AppEnvironment({ name: "nowhere" });
    process.env.APPENV_ENDPOINTS = '{"nowhere":"http://127.0.0.1:9"}';
    await env.fetch("/", { retry: false }).catch(() => {});
    await inSpan(() => { throw new Error("described"); }, async () => {});
    await flushSpans();
    console.log(JSON.stringify({ count: loaded.length, ofApi: loaded.filter((name) => /opentelemetry/i.test(name)) }));
  `;
  const cwd = new URL("../..", import.meta.url);
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", code], { cwd, encoding: "utf8" });
  expect(JSON.parse(output)).toEqual({ count: expect.any(Number), ofApi: [] });
  expect((JSON.parse(output) as { count: number }).count).toBeGreaterThan(10);
});
