import { expect, it } from "vitest";
import { id, isAlive, server, startApps } from "../support/apps.ts";

const hello = server(`(request, response) => response.end("hello from " + process.pid)`);

it("serves, goes to zero, and the next request starts a replica and is answered", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(hello, { scaledownAfterMs: 300 }));
  const served = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  const pid = served.replicas[0]?.pid ?? 0;
  expect(await text(served.endpoint)).toBe(`hello from ${pid}`);

  const idle = await apps.until(id, ({ replicas }) => replicas.length === 0);
  expect(isAlive(pid)).toBe(false);
  expect(idle.phase).toBe("ACTIVE");

  const answers = await Promise.all(Array.from({ length: 20 }, () => text(served.endpoint)));
  const [replica] = (await apps.until(id, ({ replicas }) => replicas.length === 1)).replicas;
  expect(new Set(answers)).toEqual(new Set([`hello from ${replica?.pid}`]));
  expect(replica?.pid).not.toBe(pid);
});

it("stops, keeps its port, is started again, and is removed", async () => {
  await using apps = await startApps();
  const definition = apps.define(hello);
  await apps.controller.apply(id, definition);
  const served = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  await apps.controller.stop(id);
  await apps.until(id, ({ phase, replicas }) => phase === "STOPPED" && replicas.length === 0);
  await expect(text(served.endpoint)).rejects.toThrow("fetch failed");

  await apps.controller.apply(id, definition);
  const again = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  expect(again.endpoint).toBe(served.endpoint);
  expect(await text(again.endpoint)).toContain("hello");

  await apps.controller.remove(id);
  expect(apps.controller.get(id)).toBeUndefined();
  expect(apps.stored.size).toBe(0);
  await expect(text(served.endpoint)).rejects.toThrow("fetch failed");
});

it("comes back by itself after a restart, at the same port and at zero replicas", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(hello));
  const before = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  await apps.restart();
  const after = apps.controller.get(id);
  expect(after).toMatchObject({ phase: "ACTIVE", endpoint: before.endpoint, replicas: [] });
  expect(await text(before.endpoint)).toContain("hello");
});

it("gives a second app with the same port another one", async () => {
  await using apps = await startApps();
  const other = { ...id, name: "other" };
  await apps.controller.apply(id, apps.define(hello));
  await apps.controller.apply(other, apps.define(hello));
  const first = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  const second = await apps.until(other, ({ phase }) => phase === "ACTIVE");
  expect(second.endpoint).not.toBe(first.endpoint);
  expect(await text(second.endpoint)).toContain("hello");
});

it("moves to another port with a revision that asks for one, and stays if that revision fails", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(hello, { port: 18_200 }));
  const first = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  await apps.controller.apply(id, apps.define(`throw new Error("broken");`, { port: 18_300 }));
  const failed = await apps.until(id, ({ phase }) => phase === "FAILED");
  expect(failed.endpoint).toBe(first.endpoint);
  expect(await text(first.endpoint)).toContain("hello");

  await apps.controller.apply(id, apps.define(hello, { port: 18_300 }));
  const second = await apps.until(id, ({ phase, replicas }) => phase === "ACTIVE" && replicas.length === 1);
  expect(second.endpoint).not.toBe(first.endpoint);
  expect(await text(second.endpoint)).toContain("hello");
  await expect(text(first.endpoint)).rejects.toThrow("fetch failed");
  await apps.restart();
  expect(apps.controller.get(id)?.endpoint).toBe(second.endpoint);
});

it("changes nothing when the same definition is applied again", async () => {
  await using apps = await startApps();
  const definition = apps.define(hello);
  await apps.controller.apply(id, definition);
  const { revision, replicas } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  await apps.controller.apply(id, definition);
  expect(apps.controller.get(id)).toMatchObject({ revision, phase: "ACTIVE" });
  expect(apps.controller.get(id)?.replicas[0]?.pid).toBe(replicas[0]?.pid);
});

it("leaves no process behind when it closes", async () => {
  const apps = await startApps();
  await apps.controller.apply(id, apps.define(hello, { replicas: { min: 2, max: 2 } }));
  const { replicas } = await apps.until(id, ({ readyReplicas }) => readyReplicas === 2);
  await apps[Symbol.asyncDispose]();
  expect(replicas.map(({ pid }) => isAlive(pid))).toEqual([false, false]);
});

async function text(url: string): Promise<string> {
  return (await fetch(url, { headers: { connection: "close" } })).text();
}
