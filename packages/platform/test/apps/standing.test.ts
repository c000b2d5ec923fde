import { expect, it } from "vitest";
import { id, server, startApps } from "../support/apps.ts";

const hello = server(`(request, response) => response.end("hello")`);
const bye = server(`(request, response) => response.end("bye")`);
const broken = `throw new Error("no database");`;

it("says after a restart that the first revision failed, until one can answer", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(broken));
  await apps.until(id, ({ phase }) => phase === "FAILED");
  await apps.restart();
  expect(apps.controller.get(id)).toMatchObject({
    phase: "FAILED",
    failure: { message: expect.stringContaining("no database") },
  });
  const { endpoint } = await apps.until(id, ({ phase }) => phase === "FAILED");
  expect((await ask(endpoint)).status).toBe(503);

  await apps.controller.apply(id, apps.define(hello));
  await apps.until(id, ({ phase }) => phase === "ACTIVE");
  await apps.restart();
  expect(apps.controller.get(id)?.phase).toBe("ACTIVE");
  expect((await ask(endpoint)).text).toBe("hello");
});

it("comes back with what could answer when the platform ended during a rollout, and rolls out again", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(hello));
  const { endpoint } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  // It hangs the first time, and throws the second.
  const unready = `
    import { existsSync, writeFileSync } from "node:fs";
    if (existsSync("tried")) throw new Error("no database");
    writeFileSync("tried", "");
    console.log("waiting");
    await new Promise(() => setInterval(() => {}, 1_000));`;
  await apps.controller.apply(id, apps.define(unready));
  await expect.poll(() => apps.lines.some((line) => line.endsWith("waiting")), { timeout: 30_000 }).toBe(true);
  await apps.restart();
  expect(apps.controller.get(id)).toMatchObject({ phase: "DEPLOYING", revision: 2 });
  expect((await ask(endpoint)).text).toBe("hello");
  const { message, revision } = await apps.until(id, ({ phase }) => phase === "FAILED" || phase === "ACTIVE");
  expect([message, revision]).toEqual([expect.stringContaining("Revision 1"), 1]);

  await apps.controller.apply(id, apps.define(bye));
  await apps.until(id, ({ phase, revision: number }) => phase === "ACTIVE" && number === 3);
  expect((await ask(endpoint)).text).toBe("bye");
});

it("does what is asked of one app one after the other: one port, and no socket that nobody closes", async () => {
  await using apps = await startApps();
  const before = sockets();
  const [first, second] = await Promise.all([
    apps.controller.apply(id, apps.define(hello)),
    apps.controller.apply(id, apps.define(bye)),
  ]);
  expect(second.endpoint).toBe(first.endpoint);
  await apps.until(id, ({ phase, revision }) => phase === "ACTIVE" && revision === 2);
  expect((await ask(second.endpoint)).text).toBe("bye");
  await Promise.all([
    apps.controller.stop(id),
    apps.controller.apply(id, apps.define(hello)),
    apps.controller.remove(id),
  ]);
  expect(apps.controller.get(id)).toBeUndefined();
  expect(sockets()).toBe(before);
});

it("does not start what is created stopped", async () => {
  await using apps = await startApps();
  const definition = apps.define(hello);
  const created = await apps.controller.apply(id, { ...definition, desiredState: "stopped" });
  expect(created).toMatchObject({ phase: "STOPPED", revision: 1, replicas: [], endpoint: "" });
  await apps.restart();
  expect(apps.controller.get(id)).toMatchObject({ phase: "STOPPED" });
  await apps.controller.apply(id, definition);
  const { endpoint } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  expect((await ask(endpoint)).text).toBe("hello");

  const changed = await apps.controller.apply(id, { ...apps.define(bye), desiredState: "stopped" });
  expect(changed).toMatchObject({ phase: "STOPPED", revision: 3 });
});

it("keeps the port of a stopped app for it", async () => {
  await using apps = await startApps();
  const other = { ...id, name: "other" };
  const definition = apps.define(hello);
  await apps.controller.apply(id, definition);
  const { endpoint } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  await apps.controller.stop(id);
  await apps.until(id, ({ replicas }) => replicas.length === 0);
  await apps.controller.apply(other, apps.define(bye));
  const served = await apps.until(other, ({ phase }) => phase === "ACTIVE");
  expect(served.endpoint).not.toBe(endpoint);
  await expect(ask(endpoint)).rejects.toThrow("fetch failed");
  await apps.controller.apply(id, definition);
  expect((await apps.until(id, ({ phase }) => phase === "ACTIVE")).endpoint).toBe(endpoint);
});

function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;
}

it("refuses what is meant for another app that had its address before", async () => {
  await using apps = await startApps();
  await apps.controller.apply(id, apps.define(hello));
  const { endpoint } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  const named = (app: string): Promise<Response> =>
    fetch(endpoint, { method: "POST", headers: { connection: "close", "x-appenv-app": app } });
  const refused = await named("other");
  expect([refused.status, await refused.json()]).toEqual([421, expect.objectContaining({ code: "MISDIRECTED" })]);
  expect(await (await named("app")).text()).toBe("hello");
});

async function ask(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url, { headers: { connection: "close" } });
  return { status: response.status, text: await response.text() };
}
