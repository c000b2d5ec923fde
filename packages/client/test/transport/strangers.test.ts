import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer as createPlain, type RequestListener } from "node:http";
import { createServer as createTls } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { startFlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { startFront } from "@appenv-internal/conformance/flyte-backend/cut";
import { waitingChannel } from "@appenv/core/internal";
import { ApiKeyService, AppLogsService, AppService } from "@appenv/protocol";
import { SecretService } from "@appenv/protocol/secrets";
import { ProjectService } from "@appenv/protocol/tasks";
import { createClient } from "@connectrpc/connect";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ClientConfig } from "../../src/config/config.ts";
import { createTransport } from "../../src/transport/transport.ts";
import { certificate } from "../support/certificate.ts";
import { errorOf } from "../support/error-of.ts";

const config: ClientConfig = { insecure: true, insecureSkipVerify: false, scopes: [], command: [] };
const identifier = {
  case: "appId",
  value: { project: "flytesnacks", domain: "development", name: "n" },
} as const;

const listed = { filterBy: { case: "project", value: { name: "flytesnacks", domain: "development" } } } as const;

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function backendWithFront() {
  const backend = await startFlyteBackend();
  const front = await startFront(backend.endpoint);
  onTestFinished(async () => {
    await front.close();
    await backend.close();
  });
  return front;
}

describe("an endpoint that is no Flyte backend is named as such, with its answer", () => {
  test.each<[RequestListener, RegExp]>([
    [
      (_, response) => response.writeHead(302, { location: "https://login.example/x" }).end(),
      /HTTP 302, to https:\/\/login/,
    ],
    [(_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>Log in"), /a web page/],
    [(_, response) => response.writeHead(404).end("not here"), /it answered HTTP 404\./],
    [(_, response) => response.writeHead(501).end(), /it answered HTTP 501\./],
    [(_, response) => response.writeHead(200, { "content-type": "application/json" }).end("{}"), /application\/json/],
  ])("%#", async (answer, said) => {
    const endpoint = `http://${await listen(createPlain(answer))}`;
    const { apps, logs } = clientsOf(endpoint);
    const errors = [
      await errorOf(apps.get({ identifier })),
      await errorOf(first(logs.tailLogs({ target: identifier }))),
    ];
    for (const error of errors) {
      expect([error.code, error.message]).toEqual(["NOT_FLYTE", expect.stringMatching(said)]);
      expect(error.fix).toContain("admin.endpoint");
    }
  });

  test.each([
    [401, "UNAUTHENTICATED", "answered: HTTP 401"],
    [503, "UNREACHABLE", "does not answer: HTTP 503"],
  ])("a proxy in front of one that answers %i is %s", async (status, code, said) => {
    const endpoint = `http://${await listen(createPlain((_, response) => response.writeHead(status).end()))}`;
    const error = await errorOf(clientsOf(endpoint).apps.create({}));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(said)]);
  });

  test("a service that a Flyte backend lacks is UNSUPPORTED", async () => {
    const { endpoint } = await backendWithFront();
    const error = await errorOf(createClient(ApiKeyService, createTransport(endpoint, config)).listApiKeys({}));
    expect([error.code, error.message]).toEqual([
      "UNSUPPORTED",
      expect.stringContaining("does not offer Flyte's ApiKeyService"),
    ]);
  });
});

describe("the wrong scheme is named", () => {
  test("https, where plain HTTP is spoken", async () => {
    const endpoint = `https://${await listen(createPlain((_, response) => response.end()))}`;
    const error = await errorOf(clientsOf(endpoint).apps.get({ identifier }));
    expect([error.code, error.message, error.fix]).toEqual([
      "UNREACHABLE",
      expect.stringContaining("does not speak TLS"),
      expect.stringContaining("admin.insecure"),
    ]);
  });

  test("http, where TLS is spoken; and a certificate of nobody's", async () => {
    const address = await listen(createTls(certificate, (_, response) => response.end()));
    const plain = await errorOf(clientsOf(`http://${address}`).apps.get({ identifier }));
    expect([plain.code, plain.message]).toEqual(["UNREACHABLE", expect.stringContaining("it speaks TLS only")]);
    const unknown = await errorOf(clientsOf(`https://${address}`).apps.get({ identifier }));
    expect([unknown.code, unknown.message, unknown.fix]).toEqual([
      "UNREACHABLE",
      expect.stringContaining("DEPTH_ZERO_SELF_SIGNED_CERT"),
      expect.stringContaining("admin.caCertFilePath"),
    ]);
  });
});

describe("an endpoint that says nothing", () => {
  const limits = { callMs: 150, noticeMs: 50 };

  test("ends a call and a stream, and says meanwhile that it is waited for", async () => {
    const front = await backendWithFront();
    front.always("", { kind: "stalled" });
    const said: unknown[] = [];
    const hear = (message: unknown): void => void said.push(message);
    subscribe(waitingChannel, hear);
    onTestFinished(() => void unsubscribe(waitingChannel, hear));
    const { apps } = clientsOf(front.endpoint, limits);
    for (const call of [() => apps.create({}), () => first(apps.watch({ target: identifier }))]) {
      const error = await errorOf(call());
      expect([error.code, error.message]).toEqual([
        "UNREACHABLE",
        expect.stringMatching(/does not answer: nothing came/),
      ]);
    }
    expect(said).toContainEqual({ endpoint: front.endpoint, seconds: 0 });
  });

  test("is named again and again while calls of it are repeated", async () => {
    const front = await backendWithFront();
    await front.down();
    const { apps } = clientsOf(front.endpoint, limits);
    const heard = new Promise<unknown>((resolve) => {
      subscribe(waitingChannel, resolve);
      onTestFinished(() => void unsubscribe(waitingChannel, resolve));
    });
    let isHeard = false;
    void heard.then(() => (isHeard = true));
    while (!isHeard) await errorOf(apps.get({ identifier }));
    expect(await heard).toEqual({ endpoint: front.endpoint, seconds: 0 });
  });

  test("does not end a stream that has nothing to say, as long as the backend answers", async () => {
    const front = await backendWithFront();
    const { apps } = clientsOf(front.endpoint, limits);
    const stop = new AbortController();
    const messages = first(apps.watch({ target: identifier }, { signal: stop.signal })).then(
      () => "heard",
      () => "ended",
    );
    // Three times it is asked whether it is there.
    await expect.poll(() => front.requests.filter((each) => each === "GET /healthz").length).toBeGreaterThan(2);
    expect(await Promise.race([messages, "open"])).toBe("open");
    stop.abort();
    await messages;
  });
});

test("an answer that is cut is asked for again if the call only reads, and said to be cut otherwise", async () => {
  const front = await backendWithFront();
  const transport = createTransport(front.endpoint, config);
  void front.next("AppService/List", { kind: "cut" });
  expect((await createClient(AppService, transport).list(listed)).apps).toEqual([]);
  expect(front.requests).toHaveLength(2);
  void front.next("CreateSecret", { kind: "cut" });
  const error = await errorOf(createClient(SecretService, transport).createSecret({ id: { name: "x" } }));
  expect([error.code, error.message]).toEqual(["UNREACHABLE", expect.stringContaining("ECONNRESET")]);
});

test("a request that cannot be written is no answer of the server", async () => {
  const front = await backendWithFront();
  const error = await errorOf(clientsOf(front.endpoint).apps.list({ ...listed, request: { limit: -1 } }));
  expect([error.code, error.message]).toEqual([
    "INVALID_OPTION",
    expect.stringMatching(/^The request cannot be written: .*limit/),
  ]);
  expect(front.requests).toEqual([]);
});

test("advice on what is not there is about what was asked for", async () => {
  const { endpoint } = await backendWithFront();
  const transport = createTransport(endpoint, config);
  const secret = await errorOf(createClient(SecretService, transport).getSecret({ id: { name: "x" } }));
  expect([secret.code, secret.fix]).toEqual(["NOT_FOUND", expect.stringContaining("`appenv get secret`")]);
  const project = await errorOf(createClient(ProjectService, transport).getProject({ id: "x" }));
  expect([project.code, project.fix]).toEqual(["NOT_FOUND", expect.stringContaining("--project")]);
});

function clientsOf(endpoint: string, limits = { callMs: 5_000, noticeMs: 5_000 }) {
  const transport = createTransport(endpoint, config, undefined, limits);
  return { apps: createClient(AppService, transport), logs: createClient(AppLogsService, transport) };
}

async function first<T>(messages: AsyncIterable<T>): Promise<T | undefined> {
  for await (const message of messages) return message;
  return undefined;
}
