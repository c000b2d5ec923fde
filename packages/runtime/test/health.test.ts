import { expect, test } from "vitest";
import { get, plainEnvironment, rawClient, serveForTest } from "./helpers.ts";

const hello = plainEnvironment.bind(undefined, (_request, response) => response.end("hello"));

test("an app without checks is healthy, for GET and HEAD, and the answer is not cached", async () => {
  const { url } = await serveForTest(hello());
  const response = await fetch(`${url}/health?verbose`);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toEqual({ status: "healthy" });
  const head = await fetch(`${url}/health`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

test("other methods and longer paths reach the app", async () => {
  const { url } = await serveForTest(hello());
  expect(await (await fetch(`${url}/health`, { method: "POST" })).text()).toBe("hello");
  expect(await (await fetch(`${url}/healthy`)).text()).toBe("hello");
});

test("throwing, rejecting, false and late checks fail; each is told with its reason", async () => {
  let aborted = false;
  const checks = {
    fine: () => undefined,
    throwing: () => {
      throw new Error("no disk");
    },
    rejecting: () => Promise.reject(new Error("no database")),
    negative: () => false,
    late: (signal: AbortSignal) =>
      new Promise(() => {
        signal.addEventListener("abort", () => (aborted = true));
      }),
  };
  const { url } = await serveForTest(hello({ health: { checks, timeout: "100ms" } }));
  const response = await fetch(`${url}/health`);
  expect(response.status).toBe(503);
  const report = (await response.json()) as { status: string; checks: Record<string, { status: string }> };
  expect(report.status).toBe("unhealthy");
  expect(report.checks).toMatchObject({
    fine: { status: "healthy" },
    throwing: { status: "unhealthy", error: "no disk" },
    rejecting: { status: "unhealthy", error: "no database" },
    negative: { status: "unhealthy", error: "the check answered false" },
    late: { status: "unhealthy", error: "no answer within 100 ms" },
  });
  expect(aborted).toBe(true);
});

const slow = () => new Promise((resolve) => setTimeout(resolve, 150));

test("checks run side by side", async () => {
  const { url } = await serveForTest(hello({ health: { checks: { a: slow, b: slow, c: slow, d: slow } } }));
  const begin = performance.now();
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect(performance.now() - begin).toBeLessThan(450);
});

test("the health path can be chosen", async () => {
  const { url } = await serveForTest(hello({ health: { path: "/readyz" } }));
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: "healthy" });
  expect(await (await fetch(`${url}/health`)).text()).toBe("hello");
});

test("an extension's own health route wins, and stays open with auth", async () => {
  const environment = hello({ requiresAuth: true });
  environment.mount({
    matches: ({ url }) => url === "/health",
    request: (_request, response) => void response.end("mine"),
  });
  const { url } = await serveForTest(environment);
  expect(await (await fetch(`${url}/health`)).text()).toBe("mine");
  expect((await fetch(url)).status).toBe(401);
});

test("the app's own health route wins, and readiness does not ask the checks", async () => {
  const environment = hello({ health: { checks: { never: () => false } } });
  const own = {
    framework: "own",
    start: () =>
      Promise.resolve({
        request: (_request: unknown, response: { end(text: string): void }) => response.end("own health"),
      }),
    close: () => Promise.resolve(),
    handles: (method: string, path: string) => method === "GET" && path === "/health",
  };
  environment.createHost = () => own as never;
  const { app, url } = await serveForTest(environment);
  await app.healthy(new AbortController().signal);
  expect(await (await fetch(`${url}/health`)).text()).toBe("own health");
});

test("an app is ready when its checks pass, and says what it waited for when they do not in time", async () => {
  let asked = 0;
  const becoming = await serveForTest(hello({ health: { checks: { third: () => (asked += 1) >= 3 } } }));
  await becoming.app.healthy(new AbortController().signal);
  expect(asked).toBe(3);
  const never = await serveForTest(
    hello({ health: { checks: { database: () => Promise.reject(new Error("gone")) } } }),
  );
  await expect(never.app.healthy(AbortSignal.timeout(100))).rejects.toMatchObject({
    code: "START_TIMEOUT",
    message: expect.stringContaining("database: gone"),
  });
});

test("health answers 503 while draining, and is no load", async () => {
  const served = await serveForTest(hello());
  const client = rawClient(served.port).send(get("/health"));
  await client.until("healthy");
  expect(served.app.ingress.load()).toMatchObject({ requests: 0, inFlight: 0, connections: 1 });
  const drained = served.app.ingress.drain("rollout", 5_000);
  client.send(get("/health"));
  const text = await client.until("draining");
  expect(text).toContain("HTTP/1.1 503");
  expect(text.toLowerCase()).toContain("connection: close");
  await drained;
});
