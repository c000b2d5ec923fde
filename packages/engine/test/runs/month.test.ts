import { webhook } from "@appenv/core";
import { encodeInputs, encodeValue, toLiteral, LiteralSchema } from "@appenv/protocol/tasks";
import { toBinary } from "@bufbuild/protobuf";
import { afterEach, expect, test, vi } from "vitest";
import type { RunRecord } from "../../src/contracts/runs.ts";
import type { TriggerRecord } from "../../src/contracts/triggers.ts";
import { BackfillTable } from "../../src/triggers/backfill-table.ts";
import { triggerTable } from "../../src/triggers/trigger-table.ts";
import { openWorld, plain, TestClock, until, type TestTask, type World } from "../support/engine-world.ts";

const hourMs = 3_600_000;
/** More than the week for which some things are kept. */
const daysOfWeek = 8;
const place = { project: "flytesnacks", domain: "development" } as const;

/** Tables whose rows people make and take away themselves, or that have one row. */
const byPeople = new Set([
  "api_keys",
  "app_revisions",
  "apps",
  "last_deleted",
  "paused_queues",
  "projects",
  "secrets",
  "sessions",
  "task_scopes",
]);

const yes = toBinary(LiteralSchema, toLiteral({ kind: "boolean" }, true));
const file = `/somewhere/objects/files/cc/${"c".repeat(64)}/name.txt`;

const tasks: Record<string, TestTask> = {
  child: { run: ({ x }) => `${x} ${file} ${"y".repeat(70_000)}` },
  parent: {
    run: async ({ x }, { call, trace, stream, listener }) => {
      await stream("tokens", x);
      listener.metadata(JSON.stringify({ x }));
      listener.report(`<p>${x}</p>`);
      await trace("note", () => x);
      return call("child", { x });
    },
    settings: { report: true, notify: [webhook({ on: ["SUCCEEDED"], url: "https://alerts.example.com/x" })] },
  },
  cached: {
    run: ({ x }) => x,
    settings: { cache: { behavior: "auto", serialize: false, salt: "", ignoredInputs: [] } as never },
  },
  asks: {
    run: async (_, { condition, waitFor }) => {
      const event = await waitFor("paid");
      await condition("first", "boolean");
      return [event, await condition("second", "boolean")].join();
    },
  },
  often: { run: ({ x }) => x, settings: { throttle: { limit: 1_000, perMs: 7 * 24 * hourMs, key: [["x"]] } as never } },
  queued: { run: ({ x }) => x, settings: { queue: { rate: { limit: 100, perMs: hourMs }, key: [["x"]] } as never } },
};

afterEach(() => {
  vi.useRealTimers();
});

/** Number of rows of each table. */
function rowsOf({ store: { database } }: World): Map<string, number> {
  const tables = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all()
    .map((row) => String(row["name"]));
  const count = (table: string): number => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]);
  return new Map(tables.map((table) => [table, count(table)]));
}

/** The largest number of rows that each table had. */
class Peaks {
  readonly rows: Map<string, number> = new Map();

  note(world: World): void {
    for (const [table, rows] of rowsOf(world)) this.rows.set(table, Math.max(rows, this.rows.get(table) ?? 0));
  }
}

function trigger(name: string, now: number): TriggerRecord & { readonly origin: "api" } {
  const at = new Date(now);
  return {
    ...place,
    taskName: "env.parent",
    taskVersion: "v1",
    revision: 1,
    origin: "api",
    deployedAt: at,
    updatedAt: at,
    triggeredAt: undefined,
    nextAt: undefined,
    definition: {
      name,
      automation: { kind: "cron", expression: "* * * * *", timeZone: "UTC" },
      active: true,
      description: "",
      inputs: new Uint8Array(),
      kickoffTimeInput: undefined,
      run: plain,
    },
  };
}

/** A day with some of everything. @param sample - Called where rows are that do not stay. */
async function live(world: World, day: number, clock: TestClock, sample: () => void): Promise<void> {
  const { registry, engine, store } = world;
  const deployed = Object.keys(tasks).map((name) => {
    const { definition, spec } = world.task(name);
    return { id: { ...place, name: `env.${name}`, version: `day-${day}` }, definition, spec, triggers: [] };
  });
  await registry.deploy(deployed);
  const settings = { ...plain, labels: { day: `${day}` } };
  const options = { settings, trigger: { taskName: "env.parent", name: "often" } };
  const at = new Date(clock.now()).toISOString();
  const parent = await world.end(await world.run("parent", { x: day }, { ...options, idempotencyKey: at }));
  const pack = world.actions(parent).find(({ name }) => name === "env.child")?.id.action ?? "";
  const inputs = encodeInputs(world.task("child").definition?.interface ?? { inputs: [], output: undefined }, { x: 7 });
  const rerunFrom = { actions: [pack], inputs: new Map([[pack, inputs]]) };
  await world.end(await world.run("parent", { x: day }, { recover: parent.id.run, rerunFrom }));
  for (const name of ["cached", "often", "queued"]) await world.end(await world.run(name, { x: day }));
  await answered(world, await world.run("asks"), sample);
  const table = triggerTable(store.database, store.file);
  for (let times = 0; times < 20; times += 1) table.save(trigger("often", clock.now()), "activate");
  table.save(trigger(`once-${day}`, clock.now()), "deploy");
  table.remove(trigger(`once-${day}`, clock.now()), new Date(clock.now()));
  const backfills = new BackfillTable(store.database, store.file);
  const span = { from: new Date(0), to: new Date(1), concurrency: 1, total: 1 };
  for (let times = 0; times < 100; times += 1) {
    const definition = trigger("often", clock.now());
    const made = { ...span, trigger: { ...place, taskName: "env.parent", name: "often" }, definition } as const;
    const counts = { succeeded: 0, failed: 0, phase: "SUCCEEDED", settledUntil: new Date(1) } as const;
    const id = backfills.insert({ ...made, ...counts, createdAt: new Date(clock.now()) });
    backfills.update({ ...made, ...counts, createdAt: new Date(clock.now()), id });
    backfills.forgetOld();
  }
  await until(() => engine.notifications(parent.id).every(({ state }) => state === "delivered"));
  sample();
}

/** Gives a run its event and the answers to its conditions. */
async function answered(world: World, run: RunRecord, sample: () => void): Promise<void> {
  const asked = (name: string): boolean => world.actions(run).some((action) => action.name === name);
  await until(() => asked("paid"));
  await world.engine.sendEvent({
    ...place,
    name: "paid",
    key: "",
    value: encodeValue(1),
    keepMs: hourMs,
    sender: "me",
  });
  await until(() => asked("first"));
  await world.engine.signalByName(run.id, "second", [yes], "me");
  sample();
  await world.engine.signalByName(run.id, "first", [yes], "me");
  await world.end(run);
}

test("in a month of days with some of everything no table of the database grows for ever", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const clock = new TestClock();
  vi.setSystemTime(clock.now());
  let peaks = new Peaks();
  const sample = (): void => peaks.note(world);
  const world: World = await openWorld(tasks, {
    clock,
    keepRunsMs: hourMs,
    files: { remove: async () => sample() },
    notifications: { send: async () => ({ delivered: true }) },
  });
  world.store.database.exec("PRAGMA synchronous=OFF");
  vi.spyOn(performance, "now").mockImplementation(() => clock.monotonic());
  const weeks: Map<string, number>[] = [];
  for (let day = 0; day < 4 * daysOfWeek; day += 1) {
    await live(world, day, clock, sample);
    await clock.advance(24 * hourMs);
    await until(() => rowsOf(world).get("deleted_runs") === 0);
    vi.setSystemTime(clock.now());
    await world.registry.removeOld(() => false);
    if (day % daysOfWeek !== daysOfWeek - 1) continue;
    weeks.push(peaks.rows);
    peaks = new Peaks();
  }
  const [, , third = new Map<string, number>(), fourth = new Map<string, number>()] = weeks;
  const tables = [...fourth.keys()].filter((table) => !byPeople.has(table));
  // A table that nothing was written to proves nothing. A new table gets rows in a day, or is one of people's.
  expect(tables.filter((table) => fourth.get(table) === 0)).toEqual([]);
  // One row a day is eight more after eight days; fewer are chance, of rows that do not stay.
  expect(tables.filter((table) => (fourth.get(table) ?? 0) >= (third.get(table) ?? 0) + daysOfWeek)).toEqual([]);
  const ofRuns = [...rowsOf(world)].filter(([table]) => /run|action|attempt|stream|holder|report/.test(table));
  expect(ofRuns.filter(([, rows]) => rows > 0)).toEqual([]);
});
