import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { deployAll, loadEnvironments } from "@appenv/client/internal";
import { changeRuns, Queue, rerun, Run, send, Task, type RunChange, type RunsChanged } from "@appenv/client/tasks";
import { AppEnvError, runAll } from "@appenv/core";
import { openDatabase } from "@appenv-internal/state/sqlite";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, onTestFinished, test, vi } from "vitest";
import { order } from "./fixtures/change-tasks.ts";
import { KilledPlatform } from "./platform-process.ts";

const batchSize = 800;
/** Runs that debounced and throttled requests make. */
const requests = 4;

test("whenever the platform is killed, batches are whole, and changes, limits and reruns go on where they were", async () => {
  const platform = await open();
  const finishRequests = await mergeRequests(platform);
  await startBatches(platform);
  await changeMany(platform);
  await limitStarts(platform);
  await rerunFrom(platform);
  await finishRequests();
  expect(await platform.close()).toBe(0);
}, 300_000);

async function open(): Promise<KilledPlatform> {
  const home = join(tempDirectory(), ".appenv");
  vi.stubEnv("APPENV_HOME", home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const platform = new KilledPlatform(home);
  platform.start();
  await platform.up();
  const { environments } = await loadEnvironments(fileURLToPath(new URL("fixtures/change-tasks.ts", import.meta.url)));
  await deployAll([...environments.values()]);
  await (await Queue.get("orders")).pause();
  return platform;
}

async function killAndRestart(platform: KilledPlatform): Promise<void> {
  await platform.kill();
  platform.start();
  await platform.up();
}

const ask = async (task: string, text: string): Promise<Run> =>
  (await Task.get(`changes.${task}`)).run({ tenant: "acme", text });

const namesOf = (runs: readonly Run[]): string[] => [...new Set(runs.map(({ name }) => name))];

/** Debounced and throttled requests of before and after a kill are one series. */
async function mergeRequests(platform: KilledPlatform): Promise<() => Promise<void>> {
  const soon = [await ask("index", "a"), await ask("index", "b")];
  const later = [await ask("later", "a"), await ask("later", "b")];
  const reports = [await ask("report", "a"), await ask("report", "b"), await ask("report", "c")];
  await killAndRestart(platform);
  later.push(await ask("later", "c"));
  reports.push(await ask("report", "d"));
  expect(namesOf(later)).toHaveLength(1);
  expect(namesOf(reports)).toHaveLength(2);
  expect(new Set(reports.slice(1).map(({ name }) => name)).size).toBe(1);
  expect(await later[0]?.inputs()).toEqual({ tenant: "acme", text: "c" });
  return async () => {
    expect(namesOf(soon)).toHaveLength(1);
    expect(await soon[0]?.outputs()).toBe("b");
    expect(await Promise.all(reports.map((run) => run.outputs()))).toEqual(["a", "b", "b", "b"]);
    expect((await Run.get(later[0]?.name ?? "")).phase).toBe("QUEUED");
    expect(await Run.list({ task: "changes.report" })).toHaveLength(2);
  };
}

const inputs = Array.from({ length: batchSize }, (_, number) => ({ number }));

const start = (batch: string): Promise<unknown> => runAll(order, inputs, { labels: { batch }, idempotencyKey: batch });

const countOf = async (batch: string): Promise<number> =>
  (await Run.list({ labels: { batch }, limit: batchSize + 1 })).length;

/** Kills the platform when its files grow by a batch, and when the first of its runs can be read: all of them are there, or none. */
async function startBatches(platform: KilledPlatform): Promise<void> {
  await start("whole");
  const log = (): number => statSync(join(platform.home, "state.db-wal")).mtimeMs;
  const rows = (): number => rowsOf(platform).runs;
  for (const [batch, look] of Object.entries({ written: log, read: rows })) {
    const before = look();
    const started = unlessUnreachable(start(batch));
    while (look() === before) await sleep(1);
    await killAndRestart(platform);
    expect((await started) || batch === "read" ? [batchSize] : [0, batchSize]).toContain(await countOf(batch));
    await start(batch);
    expect(await countOf(batch)).toBe(batchSize);
  }
}

/** Waits for an answer. Resolves with false if the platform was killed before. */
async function unlessUnreachable(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (!AppEnvError.is(error, "UNREACHABLE")) throw error;
    return false;
  }
}

/** Kills the platform while many runs are changed: each run is changed or as it was, and the rest is changed when asked again. */
async function changeMany(platform: KilledPlatform): Promise<void> {
  const labels = { batch: "whole" };
  const count = async (...phase: Run["phase"][]): Promise<number> =>
    (await Run.list({ labels, phase, limit: 10 * batchSize })).length;

  const aborted = await killDuring(platform, "abort", { labels });
  expect(await count("ABORTED")).toBeGreaterThanOrEqual(aborted);
  expect((await count("ABORTED")) + (await count("QUEUED"))).toBe(batchSize);
  await changeAll("abort", { labels });
  expect(await count("ABORTED")).toBe(batchSize);

  const repeated = { labels, phase: "ABORTED", idempotencyKey: "repeated" } as const;
  const again = await killDuring(platform, "rerun", repeated);
  const reruns = await Run.list({ labels, phase: "QUEUED", limit: 10 * batchSize });
  expect(reruns.length).toBeGreaterThanOrEqual(again);
  expect(reruns.length).toBeLessThanOrEqual(batchSize);
  // Asked again, also when all are started and have ended as those they were made from.
  expect(await changeAll("rerun", repeated)).toEqual({ selected: batchSize, done: batchSize, failed: 0, failures: [] });
  expect(await count("QUEUED")).toBe(batchSize);
  await changeAll("abort", { labels });
  expect(await changeAll("rerun", repeated)).toMatchObject({ selected: batchSize, done: batchSize });
  expect(await count("ABORTED", "QUEUED")).toBe(2 * batchSize);
  await expect(changeAll("delete", repeated)).rejects.toMatchObject({ code: "INVALID_OPTION" });
  expect(await reruns.at(-1)?.inputs()).toEqual({ number: 0 });
  await changeAll("abort", { labels });

  const all = await count("ABORTED");
  const deleted = await killDuring(platform, "delete", { labels });
  const left = await count("ABORTED");
  expect(left).toBeLessThanOrEqual(all - deleted);
  // Deleted runs leave the disk too, although their deletion was cut.
  const others = 2 * batchSize + requests;
  await expect.poll(() => rowsOf(platform)).toEqual({ runs: others + left, actions: others + left });
  expect(await changeAll("delete", { labels })).toMatchObject({ selected: left, failed: 0 });
  expect(await Run.list({ labels })).toEqual([]);
  await expect.poll(() => rowsOf(platform)).toEqual({ runs: others, actions: others });
}

type Selection = NonNullable<Parameters<typeof changeRuns>[1]>;

/** Kills the platform as soon as some are done. Resolves with the number of those. */
async function killDuring(platform: KilledPlatform, change: RunChange, selection: Selection): Promise<number> {
  let done = 0;
  const changed = async (): Promise<void> => {
    for await (const progress of changeRuns(change, selection)) {
      done = progress.done;
      if (done > 0) await platform.kill();
    }
  };
  await unlessUnreachable(changed());
  platform.start();
  await platform.up();
  return done;
}

async function changeAll(change: RunChange, selection: Selection): Promise<RunsChanged | undefined> {
  let last: RunsChanged | undefined;
  for await (const progress of changeRuns(change, selection)) last = progress;
  return last;
}

function rowsOf({ home }: KilledPlatform): { readonly runs: number; readonly actions: number } {
  const database = openDatabase(join(home, "state.db"), { readOnly: true });
  const count = (table: string): number => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]);
  const rows = { runs: count("runs"), actions: count("actions") };
  database.close();
  return rows;
}

/** Three of a tenant's letters start, and none more after a kill, while those of another tenant do. */
async function limitStarts(platform: KilledPlatform): Promise<void> {
  const letter = await Task.get("changes.letter");
  const labels = { tenant: "acme" };
  for (let sent = 0; sent < 6; sent += 1) await letter.run({ tenant: "acme" }, { labels });
  const ended = async (): Promise<number> => (await Run.list({ labels, phase: "SUCCEEDED" })).length;
  await expect.poll(ended).toBe(3);
  await killAndRestart(platform);
  for (const tenant of ["globex", "initech"]) {
    await (await (await Task.get("changes.letter")).run({ tenant })).wait();
  }
  expect([await ended(), (await Run.list({ labels, phase: "QUEUED" })).length]).toEqual([3, 3]);
  expect((await Queue.get("changes.letter")).keys).toMatchObject([{ key: "acme", waiting: 3, rateLeft: 0 }]);
}

/** A rerun from an action keeps what came before, and takes its new inputs, also if the platform is killed as it begins. */
async function rerunFrom(platform: KilledPlatform): Promise<void> {
  const journal = join(platform.home, "journal");
  const failed = await (await Task.get("changes.deliver")).run({ things: ["brick", "feather"], journal });
  expect(await failed.wait({ throws: false })).toBe("FAILED");
  const rerunning = await rerun(failed, { from: "pack#2", inputs: { grams: 1 } });
  await killAndRestart(platform);
  const phases = async (): Promise<string[]> =>
    (await rerunning.actions()).map((action) => `${action.task} ${action.phase}`);
  await expect.poll(phases).toContain("collected PAUSED");
  await killAndRestart(platform);
  await send("collected", true);
  expect(await rerunning.outputs()).toBe("brick, 250 g; feather, 1 g");
  expect((await phases()).toSorted()).toEqual([
    "changes.deliver SUCCEEDED",
    "changes.pack RECOVERED",
    "changes.pack SUCCEEDED",
    "changes.weigh RECOVERED",
    "changes.weigh RECOVERED",
    "collected SUCCEEDED",
  ]);
  const lines = readFileSync(journal, "utf8").trimEnd().split("\n");
  expect(lines.toSorted()).toEqual(["pack brick", "pack feather", "weigh brick", "weigh feather"]);
}
