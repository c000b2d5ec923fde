import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { RunRecord } from "../../src/contracts/runs.ts";
import { ScriptError } from "../support/engine-workers.ts";
import { openWorld, plain, TestClock, turns, until, type TestTask, type World } from "../support/engine-world.ts";

const page = { limit: 100, token: "" };
const everywhere = { project: "", domain: "" };
const big = "x".repeat(100_000);

const tasks: Record<string, TestTask> = {
  leaf: { run: ({ x }) => x },
  cached: {
    run: ({ x }) => x,
    settings: { cache: { behavior: "auto", serialize: false, salt: "", ignoredInputs: [] } as never },
  },
  big: { run: () => big },
  takes: { run: () => 1, inputs: { text: { kind: "string" } } },
  fails: {
    run: () => {
      throw new ScriptError({ retryable: false, code: "Boom", message: "no luck" });
    },
  },
  waits: { run: (_, { condition }) => condition("go", "boolean") },
  page: { run: ({ x }) => `${x} ${"y".repeat(4_000)}` },
  pages: {
    run: async ({ x }, { call }) => {
      await Promise.all(Array.from({ length: x }, (_, index) => call("page", { x: index })));
    },
  },
  tree: {
    run: async ({ x }, { call, trace }) => {
      const values = await Promise.all(Array.from({ length: x }, (_, index) => call("leaf", { x: index })));
      await trace("note", () => big);
      return values.length;
    },
  },
};

/** Rows of each table that belongs to runs. */
function rows(world: World): Record<string, number> {
  const tables = ["runs", "run_counts", "run_labels", "actions", "attempts", "reports", "cached_results"];
  const others = [
    "kept_signals",
    "deleted_runs",
    "garbage",
    "file_holders",
    "streams",
    "stream_entries",
    "action_metadata",
  ];
  const count = (table: string): number =>
    Number(world.store.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]);
  return Object.fromEntries([...tables, ...others].map((table) => [table, count(table)] as const).filter(([, n]) => n));
}

function objects({ directory }: World): string[] {
  return readdirSync(join(directory, "objects"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

/** Has the objects that were put until now count as old. */
function later(): void {
  const now = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => now + 120_000);
}

test("a run goes with all that belongs to it, and its name and key are free again", async () => {
  const world = await openWorld(tasks);
  const settings = { ...plain, labels: { team: "fruit", season: "1" } };
  for (const task of ["tree", "cached", "fails"]) {
    const run = await world.run(task, { x: 3 }, { name: task, settings, idempotencyKey: task });
    await world.end(run);
  }
  later();
  expect(world.engine.listRuns({ ...everywhere, labels: { team: "fruit" } }, page).total).toBe(3);
  const tree = { project: "flytesnacks", domain: "development", run: "tree" };
  await world.engine.deleteRun(tree);
  expect(world.engine.getRun(tree)).toBeUndefined();
  expect(() => world.engine.listActions(tree, page)).toThrow("There is no run 'tree'");
  expect(world.engine.listRuns(everywhere, page).items.map(({ id }) => id.run)).toEqual(["fails", "cached"]);
  expect(world.engine.listRuns(everywhere, page).total).toBe(2);
  await expect(world.engine.deleteRun(tree)).rejects.toMatchObject({ code: "NOT_FOUND" });
  for (const run of ["cached", "fails"]) await world.engine.deleteRun({ ...tree, run });
  await until(() => objects(world).length === 0);
  expect(rows(world)).toEqual({});
  const again = await world.run("leaf", { x: 1 }, { name: "tree", idempotencyKey: "tree" });
  expect((await world.end(again)).root.phase).toBe("SUCCEEDED");
});

test("a run that goes on, or that such a one recovers, is not deleted", async () => {
  const world = await openWorld(tasks);
  const live = await world.run("waits");
  await expect(world.engine.deleteRun(live.id)).rejects.toMatchObject({ code: "RUN_IN_USE" });
  await world.engine.abort(live.root.id, "");
  await world.end(live);
  const next = await world.run("waits", { x: 1 }, { recover: live.id.run });
  await expect(world.engine.deleteRun(live.id)).rejects.toThrow(`is recovered by '${next.id.run}'`);
  await world.engine.abort(next.root.id, "");
  await world.end(next);
  await world.engine.deleteRun(live.id);
  expect(world.engine.getRun(next.id)).toMatchObject({ recovers: true, rerunOf: live.id.run });
});

test("an object goes with the last run that names it, and not while it may still be named", async () => {
  const clock = new TestClock();
  const world = await openWorld(tasks, { clock });
  const [first, second] = [await world.end(await world.run("big")), await world.end(await world.run("big"))];
  expect(objects(world)).toHaveLength(1);
  later();
  await world.engine.deleteRun(first.id);
  await until(() => rows(world)["garbage"] === undefined);
  expect(world.value(second.root.id)).toBe(big);
  const third = await world.end(await world.run("big"));
  await world.engine.deleteRun(second.id);
  await world.engine.deleteRun(third.id);
  await turns();
  // It was put at this moment: another action may be about to name it.
  expect([objects(world).length, rows(world)["garbage"]]).toEqual([1, 1]);
  const now = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => now + 120_000);
  await clock.advance(60_000);
  expect([objects(world), rows(world)]).toEqual([[], {}]);
});

test("files that tasks give to one another go with the last run that names them", async () => {
  const clock = new TestClock();
  const world = await openWorld(
    { ...tasks, names: { run: ({ path }) => path, inputs: { path: { kind: "string" } } } },
    { clock },
  );
  const keep = (hash: string): string => {
    const folder = join(world.directory, "objects", "files", hash.slice(0, 2), hash);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "report.txt"), "text");
    return join(folder, "report.txt");
  };
  const old = keep("a".repeat(64));
  const young = keep("b".repeat(64));
  utimesSync(old, new Date(0), new Date(0));
  const both = await world.end(await world.run("names", { path: pathToFileURL(old).href }));
  const large = await world.end(await world.run("names", { path: `${old} ${young} ${big}` }));
  await world.engine.deleteRun(both.id);
  await until(() => rows(world)["garbage"] === undefined);
  expect(existsSync(old)).toBe(true);
  later();
  await world.engine.deleteRun(large.id);
  // The object goes in the first round, and what it named in the next.
  await clock.advance(120_000);
  await until(() => !existsSync(old));
  expect(existsSync(young)).toBe(true);
});

test("files that an older version has kept stay, since nobody noted who names them", async () => {
  const world = await openWorld(tasks);
  const file = join(world.directory, "objects", "files", "cc", "c".repeat(64), "old.txt");
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "text");
  utimesSync(file, new Date(0), new Date(0));
  world.store.database.exec("INSERT INTO file_holders VALUES ('', 'unknown')");
  const next = await world.crash();
  const names = next.store.database.prepare("SELECT file FROM file_holders").all();
  expect(names.map((row) => row["file"])).toEqual([`files/cc/${"c".repeat(64)}`]);
});

test("a large run is deleted in steps between which others run, and the database becomes smaller", async () => {
  const removed: string[] = [];
  const world = await openWorld(tasks, {
    files: { remove: async ({ run }, given) => void removed.push(`${run} ${given}`) },
  });
  const large = await world.end(await world.run("pages", { x: 1_100 }, { name: "large" }));
  const pages = (): number => Number(world.store.database.prepare("PRAGMA page_count").get()?.["page_count"]);
  const before = pages();
  let over = false;
  const deleted = world.engine.deleteRun(large.id).then(() => (over = true));
  await turns(2);
  expect(world.engine.getRun(large.id)).toBeUndefined();
  await expect(world.run("leaf", { x: 1 }, { name: "large" })).rejects.toThrow("still being deleted");
  await world.output("leaf", { x: 1 });
  expect(over).toBe(false);
  await deleted;
  expect(removed).toEqual(["large true"]);
  await expect.poll(pages).toBeLessThan(before / 2);
});

test("after a crash at any moment a run is whole, or gone without a trace", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ leaves: fc.nat({ max: 600 }), isDeleted: fc.boolean() }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat({ max: 12 }), { maxLength: 4 }),
      async (plan, crashes) => {
        let world = await openWorld(tasks);
        const runs: RunRecord[] = [];
        for (const { leaves } of plan) runs.push(await world.end(await world.run("tree", { x: leaves })));
        for (const [index, { isDeleted }] of plan.entries()) {
          if (isDeleted) world.engine.deleteRun((runs[index] as RunRecord).id).catch(() => {});
        }
        for (const moment of crashes) {
          await turns(moment);
          world = await world.crash();
          await world.output("leaf", { x: 1 });
        }
        await until(() => rows(world)["deleted_runs"] === undefined);
        for (const [index, { leaves, isDeleted }] of plan.entries()) {
          const { id } = runs[index] as RunRecord;
          const isThere = world.engine.getRun(id) !== undefined;
          expect(isThere || isDeleted).toBe(true);
          const count = isThere ? world.engine.listActions(id, { limit: 2_000, token: "" }).items.length : 0;
          expect(count).toBe(isThere ? leaves + 2 : 0);
        }
        const orphans = `SELECT count(*) AS n FROM actions WHERE run NOT IN (SELECT id FROM runs)`;
        expect(world.store.database.prepare(orphans).get()?.["n"]).toBe(0);
        const attempts = "SELECT count(*) AS n FROM attempts WHERE action NOT IN (SELECT id FROM actions)";
        expect(world.store.database.prepare(attempts).get()?.["n"]).toBe(0);
        const { n, counted } = world.store.database
          .prepare("SELECT (SELECT count(*) FROM runs WHERE outcome <> 0) AS n, sum(runs) AS counted FROM run_counts")
          .get() as { n: number; counted: number | null };
        expect(counted ?? 0).toBe(n);
        await world.engine.close();
      },
    ),
    { numRuns: 6, endOnFailure: false },
  );
});

test("large values and kept files that nothing ever named go too, once they are an hour old", async () => {
  const world = await openWorld(tasks);
  const kept = await world.end(await world.run("big", { x: 1 }, { name: "kept" }));
  const refused = async (text: string): Promise<void> => {
    const run = world.run("takes", { text: text.padEnd(100_000, "z") }, { name: "kept" });
    await expect(run).rejects.toThrow("There is a run 'kept'");
  };
  for (const text of ["one", "two"]) await refused(text);
  const place = join(world.directory, "objects", "files", "ab", "ab".repeat(32));
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "left.txt"), "left by an attempt that failed");
  expect(objects(world)).toHaveLength(4);
  later();
  await world.registry.removeOld(() => false);
  await turns();
  expect(objects(world)).toHaveLength(4);
  for (const file of readdirSync(join(world.directory, "objects"), { recursive: true, withFileTypes: true })) {
    utimesSync(join(file.parentPath, file.name), 1, 1);
  }
  await world.registry.removeOld(() => false);
  await until(() => objects(world).length === 1);
  expect(world.value(kept.root.id)).toBe(big);
});
