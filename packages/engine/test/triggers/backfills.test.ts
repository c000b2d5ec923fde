import { join } from "node:path";
import type { TriggerDefinition } from "@appenv/protocol";
import { expect, onTestFinished, test } from "vitest";
import { openStateDatabase } from "@appenv-internal/state/database";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import type { TriggerRecord } from "../../src/contracts/triggers.ts";
import { BackfillTable } from "../../src/triggers/backfill-table.ts";
import { BackfillRunner } from "../../src/triggers/backfills.ts";
import { firingsBetween } from "../../src/triggers/firings-between.ts";
import { turns } from "../support/engine-world.ts";

const id = { project: "flytesnacks", domain: "development", taskName: "reports.daily", name: "hourly" };
const definition: TriggerDefinition = {
  name: "hourly",
  automation: { kind: "cron", expression: "0 * * * *", timeZone: "UTC" },
  active: false,
  description: "",
  inputs: new Uint8Array([1]),
  kickoffTimeInput: undefined,
  run: { labels: {}, annotations: {}, envVars: {}, overwriteCache: false },
};
const at = new Date("2026-06-01T06:00:30Z");
const { project, domain, taskName } = id;
const times = { deployedAt: at, updatedAt: at, triggeredAt: undefined, nextAt: undefined };
const trigger: TriggerRecord = { project, domain, taskName, taskVersion: "1", definition, revision: 1, ...times };
const span = { trigger: id, from: new Date("2026-06-01T00:00:00Z"), to: new Date("2026-06-01T06:00:00Z") };

/** Backfills over a file, whose runs end when they are told to. */
function open(file: string) {
  const database = openStateDatabase(file);
  const started: string[] = [];
  const ends: ((phase: "SUCCEEDED" | "FAILED") => void)[] = [];
  const backfills = new BackfillRunner({
    table: new BackfillTable(database, file),
    find: ({ name }) => (name === "hourly" ? trigger : undefined),
    start: async (_, time, __, ended) => {
      started.push(time.toISOString().slice(11, 13));
      ends.push(ended);
      return () => {};
    },
    onProblem: () => {},
  });
  const close = (): void => {
    backfills.close();
    if (database.isOpen) database.close();
  };
  onTestFinished(close);
  return { backfills, started, ends, close };
}

test("a backfill starts its firings in order, some at once, and tells its progress", async () => {
  const { backfills, started, ends } = open(join(tempDirectory(), "state.db"));
  const told: string[] = [];
  backfills.subscribe(({ succeeded, failed, phase }) => told.push(`${succeeded} ${failed} ${phase}`));
  const made = backfills.start({ ...span, concurrency: 2 });
  expect([made.total, backfills.start({ ...span, concurrency: 2 }).id]).toEqual([6, made.id]);
  await turns();
  expect(started).toEqual(["00", "01"]);
  ends[1]?.("FAILED");
  await turns();
  expect([started, told]).toEqual([["00", "01", "02"], []]);
  for (let next = 0; next < 6; next += 1) {
    if (next !== 1) ends[next]?.("SUCCEEDED");
    await turns();
  }
  expect(started).toEqual(["00", "01", "02", "03", "04", "05"]);
  expect(backfills.get(made.id)).toMatchObject({ succeeded: 5, failed: 1, phase: "FAILED" });
  expect(told.at(0)).toBe("1 1 RUNNING");
});

test("one whose platform is killed asks again for what had not ended, and counts nothing twice", async () => {
  const file = join(tempDirectory(), "state.db");
  const first = open(file);
  const { id: made } = first.backfills.start({ ...span, concurrency: 3 });
  await turns();
  first.ends[0]?.("SUCCEEDED");
  first.ends[2]?.("SUCCEEDED");
  await turns();
  first.close();
  const second = open(file);
  await turns();
  // The one at 02 had ended, but one before it had not: its run is there, and is asked for again.
  expect(second.started).toEqual(["01", "02", "03"]);
  for (let next = 0; next < 5; next += 1) {
    second.ends[next]?.("SUCCEEDED");
    await turns();
  }
  expect(second.backfills.get(made)).toMatchObject({ total: 6, succeeded: 6, failed: 0, phase: "SUCCEEDED" });
});

test("one that is aborted starts no more, also after a restart", async () => {
  const file = join(tempDirectory(), "state.db");
  const first = open(file);
  const { id: made } = first.backfills.start({ ...span, concurrency: 1 });
  await turns();
  expect(first.backfills.abort(made).phase).toBe("ABORTED");
  first.ends[0]?.("SUCCEEDED");
  await turns();
  expect(first.started).toEqual(["00"]);
  first.close();
  const second = open(file);
  await turns();
  expect([second.started, second.backfills.get(made)?.phase]).toEqual([[], "ABORTED"]);
});

test.each([
  [{ to: span.from }, "from a time to a later one"],
  [{ concurrency: 0 }, "1 to 1000 runs"],
  [{ to: new Date("2036-06-01T00:00:00Z") }, "More than 10000 firings"],
  [{ from: new Date("2026-06-01T00:00:01Z"), to: new Date("2026-06-01T00:59:59Z") }, "would not have fired"],
  [{ trigger: { ...id, name: "other" } }, "There is no trigger"],
])("a backfill that cannot be is refused: %s", (wrong, message) => {
  const { backfills } = open(join(tempDirectory(), "state.db"));
  expect(() => backfills.start({ ...span, concurrency: 1, ...wrong })).toThrow(message);
  expect(() => backfills.count({ ...span, concurrency: 1, ...wrong })).toThrow(message);
});

test("a fixed rate is counted back from when it fires", () => {
  const rate = { kind: "fixed-rate", everyMs: 3_600_000, startTime: undefined } as const;
  const hourly = { ...trigger, definition: { ...definition, automation: rate } };
  const found = [...firingsBetween(hourly, span.from, span.to)].map((time) => time.toISOString().slice(11, 19));
  expect(found).toEqual(["00:00:30", "01:00:30", "02:00:30", "03:00:30", "04:00:30", "05:00:30"]);
});
