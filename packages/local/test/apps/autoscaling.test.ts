import { expect, it } from "vitest";
import { id, server, startApps } from "../support/apps.ts";

// Answers when the test says so: each request waits for one to /go in the same replica, or for its own timer.
const slow = server(`(request, response) => setTimeout(() => response.end("done"), 1500)`);

it("raises the replicas to the maximum under 200 slow requests, and falls back afterwards", async () => {
  await using apps = await startApps();
  const scaling = { replicas: { min: 0, max: 4 }, metric: { concurrency: 10 }, scaledownAfterMs: 1_000 };
  await apps.controller.apply(id, apps.define(slow, scaling));
  const { endpoint } = await apps.until(id, ({ phase }) => phase === "ACTIVE");

  const answers = Promise.all(Array.from({ length: 200 }, async () => (await fetch(endpoint)).text()));
  const peak = await apps.until(id, ({ readyReplicas }) => readyReplicas === 4);
  expect(peak.replicas).toHaveLength(4);
  expect(new Set(await answers)).toEqual(new Set(["done"]));
  await apps.until(id, ({ replicas }) => replicas.length === 0);
});

it("keeps a replica as long as a request is open, however long", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(slow, { scaledownAfterMs: 200 }));
  const { endpoint, replicas } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  expect(await (await fetch(endpoint)).text()).toBe("done");
  expect(replicas).toHaveLength(1);
  await apps.until(id, (app) => app.replicas.length === 0);
});

it("never goes below the smallest number", async () => {
  await using apps = await startApps();
  const changes = { replicas: { min: 1, max: 1 }, scaledownAfterMs: 100 };
  await apps.controller.apply(id, apps.define(slow, changes));
  const { endpoint, replicas } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  // Longer than several windows: the request takes 1.5 seconds.
  await (await fetch(endpoint)).text();
  expect(apps.controller.get(id)?.replicas[0]?.pid).toBe(replicas[0]?.pid);
});
