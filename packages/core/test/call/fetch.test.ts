import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { AppEnvironment, type AppEnvError, type AppFetchInit } from "../../src/index.ts";
import { runInRequest } from "../../src/internal.ts";

/** An app at a server of the test's own, told to this process as a platform tells it. */
async function appAt(
  listener: RequestListener,
): Promise<{ env: AppEnvironment; seen: IncomingMessage[]; url: string }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    listener(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  tell({ backend: url });
  return { env: new AppEnvironment({ name: "backend" }), seen, url };
}

function tell(endpoints: Record<string, string>): void {
  vi.stubEnv("APPENV_ENDPOINTS", JSON.stringify(endpoints));
  onTestFinished(() => void vi.unstubAllEnvs());
}

async function errorOf(promise: Promise<unknown>): Promise<AppEnvError> {
  return promise.then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => error as AppEnvError,
  );
}

test("the endpoint is what the platform told, or a platform's pattern", () => {
  tell({ backend: "http://localhost:1234" });
  expect(new AppEnvironment({ name: "backend" }).endpoint).toBe("http://localhost:1234");
  vi.stubEnv("INTERNAL_APP_ENDPOINT_PATTERN", "http://{app_fqdn}.apps.test");
  vi.stubEnv("APPENV_DEPENDS_ON", '{"other":"other-name"}');
  expect(new AppEnvironment({ name: "other" }).endpoint).toBe("http://other-name.apps.test");
});

test.each([undefined, "{", "null", '{"backend":1}', '{"__proto__":"x"}'])(
  "without one there is an error that helps: %s",
  (text) => {
    vi.stubEnv("APPENV_ENDPOINTS", text);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => new AppEnvironment({ name: "backend" }).endpoint).toThrow(
      "Where 'backend' answers is not known here.",
    );
  },
);

test("a path or a URL of the app is fetched, with credentials", async () => {
  const { env, seen, url } = await appAt((_, response) => response.end("hello"));
  vi.stubEnv("APPENV_API_KEY", "the-key");
  expect(await (await env.fetch("/a?b=1")).text()).toBe("hello");
  await (await env.fetch("c")).text();
  await (await env.fetch(new URL("/d", url))).text();
  await (await env.fetch("//evil.test/e")).text();
  expect(seen.map((request) => request.url)).toEqual(["/a?b=1", "/c", "/d", "//evil.test/e"]);
  expect(seen[0]?.headers).toMatchObject({ authorization: "Bearer the-key" });
  // Nobody would record the span that such a header names.
  expect(seen[0]?.headers["traceparent"]).toBeUndefined();
});

test("headers of the caller win", async () => {
  const { env, seen } = await appAt((_, response) => response.end());
  vi.stubEnv("APPENV_API_KEY", "the-key");
  await env.fetch("/", { headers: { authorization: "Bearer mine", traceparent: "x" } });
  await env.fetch("/", { headers: { "x-api-key": "mine" } });
  expect(seen[0]?.headers).toMatchObject({ authorization: "Bearer mine", traceparent: "x" });
  expect(seen[1]?.headers.authorization).toBeUndefined();
});

test("the trace of the request that is answered goes on as it came: without an SDK nobody records a span of ours", async () => {
  const { env, seen } = await appAt((_, response) => response.end());
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-00`;
  await runInRequest({ identity: undefined, trace: { traceparent, tracestate: "x=1" } }, () => env.fetch("/"));
  expect(seen[0]?.headers["traceparent"]).toBe(traceparent);
  expect(seen[0]?.headers["tracestate"]).toBe("x=1");
});

const ids = `${"a".repeat(32)}-${"b".repeat(16)}`;

test.each([
  ["nonsense", false],
  [`ff-${ids}-01`, false],
  [`00-${ids}-01-more`, false],
  [`00-${"0".repeat(32)}-${"b".repeat(16)}-01`, false],
  [`00-${"a".repeat(32)}-${"0".repeat(16)}-01`, false],
  [`00-${ids.toUpperCase()}-01`, false],
  [`01-${ids}-01-more`, true],
])("a trace goes on if its context is one: %s", async (traceparent, goesOn) => {
  const { env, seen } = await appAt((_, response) => response.end());
  await runInRequest({ identity: undefined, trace: { traceparent, tracestate: "x=1" } }, () => env.fetch("/"));
  const sent = seen[0]?.headers;
  expect(sent?.["traceparent"]).toBe(goesOn ? traceparent : undefined);
  expect(sent?.["tracestate"]).toBe(goesOn ? "x=1" : undefined);
});

test("credentials go to no other server", async () => {
  const { env, seen } = await appAt((_, response) => response.end());
  const error = await errorOf(env.fetch("http://evil.test/"));
  expect([error.code, error.message]).toEqual([
    "CALL_FAILED",
    expect.stringContaining("http://evil.test/ is not at 'backend'"),
  ]);
  expect(await errorOf(env.fetch("data:text/plain,x"))).toMatchObject({ code: "CALL_FAILED" });
  expect(seen).toEqual([]);
});

/** Answers so often with this, then with 200. */
function failing(times: number, status: number, headers: Record<string, string> = {}): RequestListener {
  let count = 0;
  return (_, response) => {
    count += 1;
    response.writeHead(count <= times ? status : 200, count <= times ? headers : {}).end();
  };
}

test.each([
  ["502", 502, {}, { method: "GET" }],
  ["504", 504, {}, { method: "DELETE" }],
  ["503 that says when to come back", 503, { "retry-after": "0" }, { method: "PUT", body: "text" }],
] as const)("a call is made again after %s", async (_, status, headers, init) => {
  const { env, seen } = await appAt(failing(2, status, headers));
  expect((await env.fetch("/", init)).status).toBe(200);
  expect(seen.length).toBe(3);
});

test.each<[string, number, AppFetchInit]>([
  ["a POST", 502, { method: "POST" }],
  ["a 503 without a time", 503, {}],
  ["a 500", 500, {}],
  ["a body that streams", 502, { method: "PUT", body: new Blob(["x"]).stream() }],
  ["one that must not be", 502, { retry: false }],
])("a call is not made again: %s", async (_, status, init) => {
  const { env, seen } = await appAt(failing(1, status));
  expect((await env.fetch("/", init)).status).toBe(status);
  expect(seen.length).toBe(1);
});

test("after a connection that broke, a GET is made again and a POST is not", async () => {
  let broken = 0;
  const { env } = await appAt((request, response) => {
    if ((broken += 1) % 2 === 1) request.socket.resetAndDestroy();
    else response.end("hello");
  });
  expect(await (await env.fetch("/")).text()).toBe("hello");
  const error = await errorOf(env.fetch("/x", { method: "POST" }));
  expect(error.code).toBe("CALL_FAILED");
  expect(error.message).toMatch(/^POST http:\/\/127\.0\.0\.1:\d+\/x of 'backend' failed: /);
});

test("an answer that says to come back when the time is over is the answer", async () => {
  const { env, seen } = await appAt(failing(1, 503, { "retry-after": "60" }));
  expect((await env.fetch("/", { timeout: "10s" })).status).toBe(503);
  expect(seen.length).toBe(1);
});

test("it gives up with the last answer", async () => {
  const { env, seen } = await appAt(failing(9, 502));
  expect((await env.fetch("/")).status).toBe(502);
  expect(seen.length).toBe(4);
});

test("it waits so long for the response to begin, and as long as it takes for its end", async () => {
  const { env } = await appAt((request, response) => {
    if (request.url === "/never") return;
    response.write("begun, ");
    request.socket.once("data", () => {});
    setTimeout(() => response.end("ended"), 2_500);
  });
  const error = await errorOf(env.fetch("/never", { timeout: "100ms" }));
  expect([error.code, error.message]).toEqual(["CALL_FAILED", expect.stringContaining("did not answer within 0.1 s")]);
  expect(await (await env.fetch("/", { timeout: "2s" })).text()).toBe("begun, ended");
});

test("the caller's own signal ends it, with its own reason", async () => {
  const { env } = await appAt(() => {});
  const reason = new Error("enough");
  expect(await errorOf(env.fetch("/", { signal: AbortSignal.abort(reason) }))).toBe(reason);
});
