import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keptVersions } from "../../src/store/version-table.ts";
import { openWorld, until, type TestTask, type World } from "../support/engine-world.ts";

const place = { project: "flytesnacks", domain: "development" } as const;
const hourMs = 3_600_000;
const tasks: Record<string, TestTask> = {
  parent: { run: async ({ x }, { call }) => (x > 0 ? call("child", { x }) : "alone") },
  child: { run: ({ x }) => x },
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Deploys both tasks, with code of their own version. */
async function deploy(world: World, version: string): Promise<void> {
  const deployed = Object.keys(tasks).map((name) => {
    const { definition } = world.task(name);
    if (definition?.launch.kind !== "bundle") throw new Error("no bundle");
    const launch = { ...definition.launch, uri: uriOf(version) };
    const id = { ...place, name: `env.${name}`, version };
    return { id, definition: { ...definition, launch }, spec: new Uint8Array([1]), triggers: [] };
  });
  await world.registry.deploy(deployed);
}

function uriOf(version: string): string {
  return `bundle://${version}`;
}

function versionsOf({ registry }: World, name: string): string[] {
  return registry
    .versions({ ...place, name: `env.${name}` }, { limit: 1_000, token: "" })
    .items.map(({ id }) => id.version);
}

async function deployMany(world: World, first: number, count: number): Promise<string[]> {
  const versions = Array.from({ length: count }, (_, index) => `v${first + index}`);
  for (const version of versions) await deploy(world, version);
  return versions.toReversed();
}

test("the newest ten versions of a task are kept, and the others go an hour after they were deployed", async () => {
  const world = await openWorld(tasks);
  const versions = await deployMany(world, 2, 14);
  expect(await world.registry.removeOld(() => false)).toBe(0);
  vi.setSystemTime(Date.now() + hourMs + 1);
  // Their code is about to be used.
  expect(await world.registry.removeOld(() => true)).toBe(0);
  expect(versionsOf(world, "parent")).toEqual([...versions, "v1"]);
  expect(await world.registry.removeOld((uri) => uri === uriOf("v3"))).toBe(2 * 4);
  expect(versionsOf(world, "child")).toEqual([...versions.slice(0, keptVersions), "v3"]);
  expect(world.registry.get({ ...place, name: "env.child" }, "v2")).toBeUndefined();
  expect(["v2", "v3", "v4", "v15"].map((version) => world.registry.uses(uriOf(version)))).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

test("a version that a run names stays with all tasks that were deployed with it, until the run is deleted", async () => {
  const world = await openWorld(tasks);
  // The run calls no child; another one of the same code may.
  const run = await world.end(await world.run("parent", { x: 0 }));
  await deployMany(world, 2, 30);
  vi.setSystemTime(Date.now() + hourMs + 1);
  expect(await world.registry.removeOld(() => false)).toBe(2 * (30 - keptVersions));
  const record = run.root.task;
  const task = record && world.registry.get(record, record.version);
  if (task === undefined) throw new Error("the run's task is gone");
  expect(await world.output("parent", { x: 7 }, { task })).toBe(7);
  const all = world.engine.listRuns({ project: "", domain: "" }, { limit: 10, token: "" }).items;
  await Promise.all(all.map(({ id }) => world.engine.deleteRun(id)));
  expect(await world.registry.removeOld(() => false)).toBe(2);
  expect(versionsOf(world, "child")).toHaveLength(keptVersions);
  // Rows that were read before are forgotten.
  expect(() => world.task("parent")).toThrow("no task parent");
});

test("a version that only runs brought along goes with them, and its name", async () => {
  const world = await openWorld(tasks);
  const task = { ...world.task("child"), id: { ...place, name: "env.once", version: "w1" } };
  const run = await world.end(await world.run("child", { x: 1 }, { task }));
  vi.setSystemTime(Date.now() + hourMs + 1);
  const names = (): number =>
    Number(world.store.database.prepare("SELECT count(*) AS n FROM task_names WHERE name = 'env.once'").get()?.["n"]);
  expect(await world.registry.removeOld(() => false)).toBe(0);
  await world.engine.deleteRun(run.id);
  expect([await world.registry.removeOld(() => false), names()]).toEqual([1, 0]);
});

test("a run that is accepted in the transaction that deletes its version has one", async () => {
  const world = await openWorld(tasks);
  const old = world.task("child");
  await deployMany(world, 2, 11);
  vi.setSystemTime(Date.now() + hourMs + 1);
  const removed = world.registry.removeOld(() => false);
  const run = await world.run("child", { x: 5 }, { task: old });
  expect(await removed).toBeGreaterThan(0);
  await until(() => world.engine.getRun(run.id)?.root.phase === "SUCCEEDED");
  expect(world.engine.getRun(run.id)?.root.task).toEqual(old.id);
});
