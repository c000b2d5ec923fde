import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvironment } from "@appenv/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { get, plainEnvironment, rawClient, serveForTest } from "../helpers.ts";

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
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const report = (await response.json()) as { checks: object };
  expect(report).toMatchObject({
    title: "Service Unavailable",
    status: 503,
    code: "UNHEALTHY",
    detail:
      "throwing: no disk; rejecting: no database; negative: the check answered false; late: no answer within 100 ms",
  });
  expect(report.checks).toMatchObject({
    fine: { status: "healthy" },
    throwing: { status: "unhealthy", error: "no disk" },
    rejecting: { status: "unhealthy", error: "no database" },
    negative: { status: "unhealthy", error: "the check answered false" },
    late: { status: "unhealthy", error: "no answer within 100 ms" },
  });
  expect(aborted).toBe(true);
});

test("checks run side by side", async () => {
  let begun = 0;
  const all = Promise.withResolvers<void>();
  // Each ends when all have begun.
  const check = (): Promise<void> => {
    begun += 1;
    if (begun === 4) all.resolve();
    return all.promise;
  };
  const health = { timeout: "1m", checks: { a: check, b: check, c: check, d: check } };
  const { url } = await serveForTest(hello({ health }));
  expect((await fetch(`${url}/health`)).status).toBe(200);
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
  const text = await client.until("DRAINING");
  expect(text).toContain("HTTP/1.1 503");
  expect(text.toLowerCase()).toContain("connection: close");
  await drained;
});

/** An app with one that it depends on, served as `back-two`. */
function dependent(options: Parameters<typeof hello>[0] = {}) {
  vi.stubEnv("APPENV_DEPENDS_ON", '{"back":"back-two"}');
  onTestFinished(() => void vi.unstubAllEnvs());
  return hello({ dependsOn: [new AppEnvironment({ name: "back" })], ...options });
}

function goneBack(): Promise<Record<string, string>> {
  return Promise.resolve({ "back-two": "gone" });
}

test("an app it depends on that is down is told by its environment's name", async () => {
  const asked: (readonly string[])[] = [];
  const { url } = await serveForTest(dependent(), {
    unreachable: (apps) => {
      asked.push(apps);
      return Promise.resolve({ "back-two": "it is stopped" });
    },
  });
  expect(asked).toEqual([]);
  const response = await fetch(`${url}/health`);
  expect([response.status, await response.json()]).toEqual([
    503,
    {
      type: "about:blank",
      title: "Service Unavailable",
      status: 503,
      code: "UNHEALTHY",
      detail: "'back': it is stopped",
      dependencies: { back: { status: "unhealthy", error: "it is stopped" } },
    },
  ]);
  expect(asked).toEqual([["back-two"]]);
});

test("however many ask, it is looked at once a second at most, and a change is seen after that", async () => {
  let asked = 0;
  let reasons = {};
  const checks = { database: () => (asked += 1) > 0 };
  const { url } = await serveForTest(dependent({ health: { checks } }), {
    unreachable: () => Promise.resolve(reasons),
  });
  const statuses = async () => (await fetch(`${url}/health`)).status;
  expect(await Promise.all(Array.from({ length: 20 }, statuses))).toEqual(Array.from({ length: 20 }, () => 200));
  expect(asked).toBe(1);
  reasons = { "back-two": "gone" };
  await expect.poll(statuses).toBe(503);
  reasons = {};
  await expect.poll(statuses).toBe(200);
});

test("it is no reason to be unhealthy where that is not wanted, and where nobody knows", async () => {
  const unconcerned = await serveForTest(dependent({ health: { dependencies: false } }), { unreachable: goneBack });
  expect((await fetch(`${unconcerned.url}/health`)).status).toBe(200);
  const unknowing = await serveForTest(dependent());
  expect((await fetch(`${unknowing.url}/health`)).status).toBe(200);
  const unanswered = await serveForTest(dependent({ health: { timeout: "50ms" } }), {
    unreachable: (_, limitMs) => sleep(limitMs, undefined),
  });
  expect((await fetch(`${unanswered.url}/health`)).status).toBe(200);
});

test("a dependency may have the name of something every object has", async () => {
  const { url } = await serveForTest(hello({ dependsOn: [new AppEnvironment({ name: "constructor" })] }), {
    unreachable: () => Promise.resolve({}),
  });
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test("an app starts whether or not what it depends on is there", async () => {
  const { app } = await serveForTest(dependent(), { unreachable: goneBack });
  await expect(app.healthy(AbortSignal.timeout(5_000))).resolves.toBeUndefined();
});
