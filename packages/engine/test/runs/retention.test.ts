import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openWorld, TestClock, until, type TestTask, type World } from "../support/engine-world.ts";

const hourMs = 3_600_000;
const page = { limit: 1_000, token: "" };
const everywhere = { project: "", domain: "" };

function number(world: World, query: string): number {
  return Number(Object.values(world.store.database.prepare(query).get() ?? {})[0]);
}

function names(world: World): string[] {
  return world.engine.listRuns(everywhere, page).items.map(({ id }) => id.run);
}

/** Rows, files and pages of the store. */
function sizes(world: World): readonly number[] {
  const tables = ["runs", "actions", "attempts", "garbage", "deleted_runs"];
  const rows = tables.reduce((sum, table) => sum + number(world, `SELECT count(*) FROM ${table}`), 0);
  const entries = readdirSync(join(world.directory, "objects"), { recursive: true, withFileTypes: true });
  return [rows, entries.filter((entry) => entry.isFile()).length, number(world, "PRAGMA page_count")];
}

test("in a month of a trigger that fires each second, seconds of each day, rows, files and bytes stay bounded", async () => {
  const clock = new TestClock();
  const tick: TestTask = { run: ({ x }) => `${x} ${"y".repeat(70_000)}` };
  const world = await openWorld({ tick }, { clock, keepRunsMs: hourMs });
  vi.spyOn(performance, "now").mockImplementation(() => clock.monotonic());
  const trigger = { taskName: "env.tick", name: "each-second" };
  const days: (readonly number[])[] = [];
  for (let day = 0; day < 30; day += 1) {
    for (let second = 0; second < 12; second += 1) {
      const at = new Date(clock.now()).toISOString();
      const run = await world.run("tick", { x: clock.now() }, { trigger, source: "schedule", idempotencyKey: at });
      await world.end(run);
      clock.jump(1_000);
    }
    // Nobody fires until the next day; the engine looks once, and once more at what was in use.
    clock.jump(24 * hourMs);
    await clock.advance(120_000);
    await until(() => number(world, "SELECT count(*) FROM deleted_runs") === 0);
    days.push(sizes(world));
  }
  const [rows = 0, files = 0, pages = 0] = [0, 1, 2].map((which) => Math.max(...days.map((day) => day[which] ?? 0)));
  expect([rows, files]).toEqual([0, 0]);
  expect(pages).toBeLessThanOrEqual((days[2]?.[2] ?? 0) * 1.1);
});

test("a task's own retention counts before that of the platform, and what goes on is kept", async () => {
  const clock = new TestClock();
  const tasks: Record<string, TestTask> = {
    short: { run: () => 1, settings: { retentionMs: hourMs } },
    usual: { run: () => 1 },
    waits: { run: () => new Promise(() => {}), settings: { retentionMs: 1 } },
  };
  const world = await openWorld(tasks, { clock, keepRunsMs: 10 * hourMs });
  for (const name of ["short", "usual"]) await world.end(await world.run(name, { x: 1 }, { name }));
  await world.run("waits", { x: 1 }, { name: "waits" });
  await clock.advance(60_000);
  expect(names(world)).toEqual(["waits", "usual", "short"]);
  clock.jump(2 * hourMs);
  await clock.advance(60_000);
  await until(() => names(world).length === 2);
  expect(names(world)).toEqual(["waits", "usual"]);
  clock.jump(10 * hourMs);
  await clock.advance(60_000);
  await until(() => names(world).length === 1);
  expect(names(world)).toEqual(["waits"]);
});

test("without retention everything is kept", async () => {
  const clock = new TestClock();
  const world = await openWorld({ usual: { run: () => 1 } }, { clock });
  await world.end(await world.run("usual"));
  clock.jump(10_000 * hourMs);
  await clock.advance(120_000);
  expect(world.engine.listRuns(everywhere, page).total).toBe(1);
});
