import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { expect, test, vi } from "vitest";
import { makeProject, runCli, startCli, type RunningCli } from "./support/cli.ts";

vi.setConfig({ testTimeout: 240_000 });

/** Each run has inputs and a report in the database, a log, and a file of its own. */
const source = `
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { FlyteFile, TaskEnvironment } from "@appenv/core";
import { z } from "zod";
export const tasks = new TaskEnvironment({ name: "jobs" });
const shape = {
  input: z.object({ x: z.int(), text: z.string() }),
  output: z.instanceof(FlyteFile),
  report: true,
};
const work = ({ x, text }: { x: number; text: string }, { log, report }: any) => {
  log.info("line of " + x + " " + text.slice(0, 2_000));
  report.append("<p>" + x + text + "</p>");
  const file = join(process.env.APPENV_HOME ?? tmpdir(), "..", "made-" + x + ".txt");
  writeFileSync(file, x + text);
  return new FlyteFile(file);
};
export const passing = tasks.task({ name: "passing", ...shape }, work);
export const kept = tasks.task({ name: "kept", ...shape, retention: "30d" }, work);
`;

const starter = (count: number): string => `
import { runAll } from "@appenv/core";
import { kept, passing } from "./tasks.ts";
const inputs = (from, count) =>
  Array.from({ length: count }, (_, index) => ({ x: from + index, text: String(from + index).padEnd(50_000, "t") }));
const runs = [
  ...(await runAll(kept, inputs(0, 3), { labels: { of: "kept" } })),
  ...(await runAll(passing, inputs(1_000, ${count}), { labels: { of: "passing" } })),
];
for (const run of runs) await run.wait();
`;

const count = 120;

/** Deletes the logs of ten runs, one after the other, and then ends the process as `kill -9` does, however fast the machine is. */
const killer = `
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
const { rm } = fs;
let logs = 0;
let last = Promise.resolve();
fs.rm = (path, options) => {
  if (!path.includes("run-logs")) return rm(path, options);
  return (last = last.then(() => {
    if (++logs > 10) process.kill(process.pid, "SIGKILL");
    return rm(path, options);
  }));
};
syncBuiltinESMExports();
`;

async function up(cwd: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<RunningCli> {
  const cli = startCli(["up", "--port", "0", "--json", ...args], cwd, env);
  await cli.until("stdout", "\n");
  return cli;
}

/** The sum of the sizes of files. */
function bytesIn(place: string): number {
  if (!existsSync(place)) return 0;
  if (!statSync(place).isDirectory()) return statSync(place).size;
  return filesIn(place).reduce((sum, file) => sum + statSync(file).size, 0);
}

function filesIn(directory: string): readonly string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

function rowsOf(home: string): Readonly<Record<string, number>> {
  const database = new DatabaseSync(join(home, "state.db"), { readOnly: true });
  const tables = ["runs", "run_labels", "actions", "attempts", "reports", "deleted_runs", "garbage"];
  try {
    const row = (table: string): number => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]);
    return Object.fromEntries(tables.map((table) => [table, row(table)]));
  } finally {
    database.close();
  }
}

test("kill -9 in the middle of deleting old runs: the next platform deletes the rest, nothing else, and the store shrinks", async () => {
  const cwd = makeProject({ "tasks.ts": source, "start.ts": starter(count), "killer.ts": killer });
  const home = join(cwd, ".appenv");
  const logs = join(home, "run-logs", "flytesnacks", "development");
  const first = await up(cwd);
  const made = await runCli(["run", "tasks.ts", "kept", "--x", "7", "--text", "seven", "--name", "seven"], cwd);
  expect([made.code, made.stderr.includes("Error")]).toEqual([0, false]);
  const { spawn } = await import("node:child_process");
  const script = spawn(process.execPath, ["start.ts"], {
    cwd,
    env: { ...process.env, HOME: cwd, APPENV_HOME: home },
    stdio: ["ignore", "ignore", "inherit"],
  });
  expect(await new Promise((resolve) => script.on("close", resolve))).toBe(0);
  expect((await first.stop()).code).toBe(0);
  expect(readdirSync(logs)).toHaveLength(count + 4);
  const places = ["state.db", "objects", "run-logs"].map((name) => join(home, name));
  const before = places.map(bytesIn);
  // Files that were kept within the last hour may be about to be named by something.
  const old = Date.now() / 1_000 - 7_200;
  for (const file of filesIn(join(home, "objects"))) utimesSync(file, old, old);

  const withKiller = { NODE_OPTIONS: `--import ${pathToFileURL(join(cwd, "killer.ts"))}` };
  const second = await up(cwd, ["--keep-runs", "1ms"], withKiller);
  expect([(await second.finished).code, second.child.signalCode]).toEqual([null, "SIGKILL"]);
  const left = readdirSync(logs).length;
  expect(left).toBe(count + 4 - 10);

  // Code that nothing names goes when a platform starts; that of the runs which are kept stays.
  const bundles = join(home, "bundles");
  const code = readdirSync(bundles);
  for (const name of ["f".repeat(32) + ".mjs", ".upload-left"]) writeFileSync(join(bundles, name), "");
  for (const file of filesIn(bundles)) utimesSync(file, old, old);

  const third = await up(cwd, [], { APPENV_KEEP_RUNS: "1ms" });
  const gone = { runs: 4, run_labels: 3, actions: 4, attempts: 4, reports: 4, deleted_runs: 0, garbage: 0 };
  await expect.poll(() => rowsOf(home), { timeout: 120_000, interval: 200 }).toEqual(gone);
  const { stdout } = await runCli(["get", "run", "--json"], cwd);
  const runs = JSON.parse(stdout) as { name: string; task: string }[];
  expect(runs.map(({ task }) => task)).toEqual(Array.from({ length: 4 }, () => "jobs.kept"));
  expect(readdirSync(logs).toSorted()).toEqual(runs.map(({ name }) => name).toSorted());
  const log = await runCli(["logs", "run", "seven"], cwd);
  expect(log.stdout).toContain("line of 7 seven");
  const again = await runCli(["rerun", "run", "--task", "jobs.kept", "--created-after", "1h", "--yes", "--json"], cwd);
  expect([again.code, again.stderr]).toEqual([0, ""]);
  const ended = async (): Promise<number> => {
    const found = await runCli(["get", "run", "--phase", "SUCCEEDED", "--json"], cwd);
    return JSON.parse(found.stdout).length;
  };
  await expect.poll(ended).toBe(8);
  await expect.poll(() => readdirSync(bundles)).toEqual(code);
  expect((await third.stop()).code).toBe(0);

  // There were thirty times as many; each kept run was started once more.
  const after = places.map(bytesIn);
  for (const [index, bytes] of after.entries()) {
    expect(bytes, `${places[index]} had ${before[index]}`).toBeLessThan((before[index] ?? 0) / 4);
  }
});

test("a time that is none is refused before the platform starts, wherever it is stated", async () => {
  const cwd = makeProject();
  const option = await runCli(["up", "--port", "0", "--keep-runs", "soon"], cwd);
  expect([option.code, option.stderr]).toEqual([2, expect.stringContaining("soon")]);
  const variable = await runCli(["up", "--port", "0"], cwd, { APPENV_KEEP_RUNS: "soon" });
  expect([variable.code, variable.stderr]).toEqual([1, expect.stringContaining("APPENV_KEEP_RUNS")]);
  expect(existsSync(join(cwd, ".appenv"))).toBe(false);
});
