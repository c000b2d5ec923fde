import { AppEnvironment, identity } from "@appenv/core";
import { expect, onTestFinished, test } from "vitest";
import { serveForTest } from "../src/index.ts";

/** An app that needs credentials and says who sent them. */
function backend(): AppEnvironment {
  const env = new AppEnvironment({ name: "backend" });
  env.server(() => (request, response) => response.end(`${request.url} ${identity()?.kind}`));
  return env;
}

test("env.fetch reaches an app under test without a port, with credentials", async () => {
  const env = backend();
  await using app = await serveForTest(env);
  expect(await (await env.fetch("/a")).text()).toBe("/a api-key");
  expect(() => env.endpoint).toThrow("not known here");
  const url = await app.endpoint;
  expect(env.endpoint).toBe(url);
  expect(await (await env.fetch("/b")).text()).toBe("/b api-key");
});

test("an app that others depend on has an endpoint from the start, and none afterwards", async () => {
  const needed = backend();
  const front = new AppEnvironment({ name: "front", requiresAuth: false, dependsOn: [needed] });
  front.server(() => async (_, response) => {
    const direct = await fetch(`${needed.endpoint}/direct`);
    response.end(`${direct.status} ${await (await needed.fetch("/called")).text()}`);
  });
  const served = await serveForTest(needed);
  await using app = await serveForTest(front);
  expect(await (await app.fetch("/")).text()).toBe("401 /called api-key");
  await served.close();
  expect(() => needed.endpoint).toThrow("not known here");
});

test("env.fetch reaches an app of this process that listens by itself", async () => {
  const env = backend();
  const listening = await env.listen({ port: 0, host: "127.0.0.1", apiKeys: ["key"], handleSignals: false });
  onTestFinished(() => listening.close());
  expect(env.endpoint).toBe(listening.endpoint);
  expect(await (await env.fetch("/a")).text()).toBe("/a api-key");
});
