import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { runToEnd } from "../processes/run.ts";
import type { Row } from "../row.ts";
import { RunningPlatform } from "../sides/platform.ts";
import { startPostgres } from "../sides/postgres.ts";

const atOnce = 50;
const against = "DBOS on PostgreSQL, a workflow with one step";

/** Runs a second on one machine. */
export const durableRuns: Row = {
  name: "durable-runs",
  what: `durable runs per second, ${atOnce} at once, one step each`,
  against,
  reach: { atLeast: 5 },
  how: `${atOnce} loops each start a run, wait for its result and start the next; those that end within three seconds count, after two seconds that do not. AppEnv's runs are started by a client in another process over the platform's API (\`Task.run\`, \`Run.outputs\`), which all of that process share one stream for; the task is one traced step. DBOS starts and does its workflows in one process (\`DBOS.startWorkflow\`, \`getResult\`), each with one step, with its default settings. The second line is AppEnv without its API: as many children of one run at once (\`map\`), 2,000 in all. Durability is the same: what is acknowledged is on disk, SQLite with \`synchronous=FULL\` on one side, PostgreSQL as \`initdb\` sets it up with \`fsync\` and \`synchronous_commit\` on, on the other.`,
  cause:
    "the platform's one thread is what limits. In a CPU profile of it under this load, a quarter of the time it was busy went into the store's transactions, most of that into waiting for the disk, and a tenth into protobuf. Without the API (the second line) the engine itself is faster still.",
  needs: ["postgres"],
  async measure(bench) {
    await using platform = new RunningPlatform(bench);
    await platform.start();
    await using postgres = await startPostgres(bench);
    const seconds = bench.seconds + 1;
    const theirs = (): Promise<number> => dbosRuns(bench, postgres.port, seconds);
    const runs = async (): Promise<number> => Number(await platform.script("durable-runs", atOnce, seconds));
    const children = async (): Promise<number> => Number(await platform.script("durable-children", atOnce, 2_000));
    const overApi = await bench.pairs(runs, theirs, { rounds: 5, unit: "runs/s" });
    const inside = await bench.pairs(children, theirs, { rounds: 3, warmUp: 0, unit: "per second" });
    const what = `durable children of one run per second, ${atOnce} at once`;
    return { ...overApi, also: [{ what, against, ...inside }] };
  },
};

async function dbosRuns(bench: Bench, port: number, seconds: number): Promise<number> {
  const cwd = await bench.dbos();
  const env = { NODE_ENV: "production", DATABASE_URL: `postgresql://bench@127.0.0.1:${port}/bench` };
  const words = [process.execPath, join("apps", "dbos-runs.js"), String(atOnce), String(seconds)];
  return Number(await runToEnd(words, { cwd, env }));
}
