import { createServer } from "node:http";
import { AppEnvironment, type AppEnvironmentOptions } from "@appenv/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { startApp } from "../../src/index.ts";
import { plainEnvironment, serveForTest } from "../helpers.ts";

const options = { port: 8080, auth: { required: false, keyHashes: [] } };

function recorded(changes: Partial<AppEnvironmentOptions> = {}) {
  const calls: string[] = [];
  const environment = new AppEnvironment({ name: "recorded", requiresAuth: false, ...changes });
  environment.onStartup(({ name, port }) => void calls.push(`startup ${name} ${port}`));
  environment.createHost = () => ({
    framework: "fake",
    start: async () => {
      calls.push("host start");
      return { request: (_request, response) => response.end() };
    },
    close: async () => void calls.push("host close"),
  });
  environment.mount({ matches: () => false, close: async () => void calls.push("extension close") });
  environment.onShutdown(({ signal }) => void calls.push(`shutdown, aborted: ${signal.aborted}`));
  return { calls, environment };
}

test("everything runs in order, and closes once however often it is stopped", async () => {
  const { calls, environment } = recorded();
  const app = await startApp(environment, options);
  expect(app.framework).toBe("fake");
  await Promise.all([app.stop("stop", 100), app.stop("stop", 100)]);
  await app.stop("rollout", 100);
  expect(calls).toEqual([
    "startup recorded 8080",
    "host start",
    "host close",
    "extension close",
    "shutdown, aborted: true",
  ]);
});

test("clients wait for a part that prepares its end, as long as they can", async () => {
  const { calls, environment } = recorded();
  const said = Promise.withResolvers<void>();
  environment.mount({
    matches: () => false,
    beforeDrain: async () => {
      await said.promise;
      calls.push("said");
    },
  });
  environment.mount({
    matches: () => false,
    beforeDrain: () => Promise.reject(new Error("hasty (expected in this test)")),
  });
  const app = await startApp(environment, options);
  const stopped = app.stop("rollout", 60_000);
  setImmediate(said.resolve);
  await stopped;
  expect(calls.slice(2)).toEqual(["said", "host close", "extension close", "shutdown, aborted: true"]);
});

test("a part that takes too long is not waited for before clients go", async () => {
  const { calls, environment } = recorded();
  environment.mount({ matches: () => false, beforeDrain: () => new Promise(() => {}) });
  const app = await startApp(environment, options);
  await app.stop("stop", 20);
  expect(calls.slice(2)).toEqual(["host close", "extension close", "shutdown, aborted: true"]);
});

test("a start that fails half way closes what had started", async () => {
  const { calls, environment } = recorded();
  const host = environment.createHost();
  environment.createHost = () => ({ ...host!, start: () => Promise.reject(new Error("plugin broken")) });
  await expect(startApp(environment, options)).rejects.toMatchObject({
    code: "START_FAILED",
    message: expect.stringContaining("plugin broken"),
    cause: expect.objectContaining({ message: "plugin broken" }),
  });
  expect(calls).toEqual(["startup recorded 8080", "host close", "extension close", "shutdown, aborted: true"]);
});

test("after a failed onStartup nothing else runs", async () => {
  const { calls, environment } = recorded();
  environment.onStartup(() => {
    throw new Error("no database");
  });
  await expect(startApp(environment, options)).rejects.toMatchObject({
    code: "START_FAILED",
    message: "onStartup of 'recorded' failed: no database",
  });
  expect(calls).toEqual([]);
});

test("a close that fails does not keep the rest from closing", async () => {
  const { calls, environment } = recorded();
  const host = environment.createHost();
  environment.createHost = () => ({
    ...host!,
    close: () => Promise.reject(new Error("stuck (expected in this test)")),
  });
  const app = await startApp(environment, options);
  await app.stop("stop", 0);
  expect(calls.slice(-2)).toEqual(["extension close", "shutdown, aborted: true"]);
});

test("a server hook may return a listener, a server or listeners", async () => {
  const results = [
    (_request: unknown, response: { end(text: string): void }) => response.end("same"),
    createServer((_request, response) => response.end("same")),
    { request: (_request: unknown, response: { end(text: string): void }) => response.end("same") },
  ];
  for (const result of results) {
    const environment = new AppEnvironment({ name: "hooked", requiresAuth: false });
    environment.server(() => result as never);
    const { url } = await serveForTest(environment);
    expect(await (await fetch(url)).text()).toBe("same");
  }
});

test.each([
  [undefined, "nothing"],
  [42, "a number"],
  [{}, "an object without `request`"],
  [new Map(), "a Map"],
])("a server hook that returns %s is told so", async (result, described) => {
  const environment = new AppEnvironment({ name: "hooked", requiresAuth: false });
  environment.server(() => result as never);
  await expect(startApp(environment, options)).rejects.toMatchObject({
    code: "NOT_LISTENING",
    message: expect.stringContaining(`returned ${described}`),
  });
});

test("a server that listens itself is told not to; an environment of nothing is told what it lacks", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const listening = new AppEnvironment({ name: "hooked", requiresAuth: false });
  listening.server(() => server);
  await expect(startApp(listening, options)).rejects.toMatchObject({ code: "NOT_LISTENING" });
  const empty = new AppEnvironment({ name: "empty" });
  await expect(startApp(empty, options)).rejects.toMatchObject({
    code: "NOT_LISTENING",
    message: expect.stringContaining("empty"),
  });
});

test("declared env vars are set, and those of the surroundings win", async () => {
  vi.stubEnv("RUNTIME_TEST_GIVEN", "outside");
  onTestFinished(() => void vi.unstubAllEnvs());
  let seen: unknown;
  const environment = plainEnvironment((_request, response) => response.end(), {
    envVars: { RUNTIME_TEST_GIVEN: "inside", RUNTIME_TEST_DECLARED: "inside" },
  });
  environment.onStartup(() => {
    seen = [process.env["RUNTIME_TEST_GIVEN"], process.env["RUNTIME_TEST_DECLARED"]];
  });
  onTestFinished(() => void delete process.env["RUNTIME_TEST_DECLARED"]);
  await serveForTest(environment);
  expect(seen).toEqual(["outside", "inside"]);
});

test("a missing secret is named with its variable, before anything runs", async () => {
  const { calls, environment } = recorded({ secrets: [{ key: "api-token", group: "runtime-test" }] });
  await expect(startApp(environment, options)).rejects.toMatchObject({
    code: "MISSING_SECRET",
    message: expect.stringMatching(/'api-token'.*RUNTIME_TEST_API_TOKEN/),
  });
  expect(calls).toEqual([]);
  vi.stubEnv("RUNTIME_TEST_API_TOKEN", "value");
  onTestFinished(() => void vi.unstubAllEnvs());
  await (await startApp(environment, options)).stop("stop", 0);
});
