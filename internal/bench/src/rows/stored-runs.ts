import { cpSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Bench } from "../bench.ts";
import type { Row } from "../row.ts";
import type { Figures } from "../stats/figures.ts";
import { RunningPlatform } from "../sides/platform.ts";

const count = 100_000;
const calls = 500;
const atOnce = 50;
const against = "the same with 1 stored run";
/** The engine numbers actions by their run: a run's first one is its own number times this. */
const idsPerRun = 131_072;

/** The cost of a long history. */
export const storedRuns: Row = {
  name: "stored-runs",
  what: `nested durable action, call to result, p50, with ${count.toLocaleString("en-US")} stored runs`,
  against,
  how: `How the costs of the two rows above grow: the platform with ${count.toLocaleString("en-US")} runs that have ended in its store beside one that has a single one. One run is made by the engine; the others are copies of its rows (run, actions, attempts) in the platform's database. Each measurement has a platform of its own, just started on a copy of that state. The second line is the time a run takes of the whole, ${atOnce} at once: a second divided by the runs that ended in it.`,
  async measure(bench) {
    const single = await stateWithOneRun(bench);
    const full = copyState(bench, single);
    copyRun(join(full, "state.db"));
    const call = (home: string) => measureIn(bench, home, callMs);
    const each = (home: string) => measureIn(bench, home, (platform) => runMs(bench, platform));
    const pairs = (measure: (home: string) => Promise<number>): Promise<Figures> =>
      bench.pairs(
        () => measure(full),
        () => measure(single),
        { rounds: 3, warmUp: 0, unit: "ms" },
      );
    const what = `time of each durable run, ${atOnce} at once, with ${count.toLocaleString("en-US")} stored runs`;
    return { ...(await pairs(call)), also: [{ what, against, ...(await pairs(each)) }] };
  },
};

async function callMs(platform: RunningPlatform): Promise<number> {
  return Number(await platform.script("durable-calls", calls));
}

async function runMs(bench: Bench, platform: RunningPlatform): Promise<number> {
  return 1_000 / Number(await platform.script("durable-runs", atOnce, bench.seconds));
}

/** Its directory. */
async function stateWithOneRun(bench: Bench): Promise<string> {
  await using platform = new RunningPlatform(bench);
  await platform.start();
  await platform.script("one-run");
  return platform.home;
}

function copyState(bench: Bench, from: string): string {
  const home = bench.directory();
  cpSync(from, home, { recursive: true });
  return home;
}

async function measureIn(
  bench: Bench,
  state: string,
  measure: (platform: RunningPlatform) => Promise<number>,
): Promise<number> {
  await using platform = new RunningPlatform(bench, { home: copyState(bench, state) });
  await platform.start();
  return await measure(platform);
}

/** Makes a hundred thousand copies of the one run, with all its rows, as ended runs leave them. */
function copyRun(file: string): void {
  const database = new DatabaseSync(file);
  database.exec("BEGIN");
  copyRows(database, "attempts", { action: `action + n * ${idsPerRun}` });
  copyRows(database, "actions", {
    id: `id + n * ${idsPerRun}`,
    run: "run + n",
    parent: `parent + n * ${idsPerRun}`,
  });
  copyRows(database, "runs", { id: "id + n", name: "name || '-' || n" });
  database.exec(`UPDATE run_counts SET runs = runs * ${count}`);
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  const stored = database.prepare("SELECT count(*) AS runs, (SELECT sum(runs) FROM run_counts) AS counted FROM runs");
  const { runs, counted } = stored.get() ?? {};
  if (runs !== count || counted !== count) throw new Error(`The store has ${runs} runs and counts ${counted}.`);
  database.close();
}

/** Copies each row of a table for every new run `n`, with some columns changed. */
function copyRows(database: DatabaseSync, table: string, changed: Readonly<Record<string, string>>): void {
  const columns = database.prepare(`SELECT name FROM pragma_table_info(?)`).all(table);
  const values = columns.map(({ name }) => changed[String(name)] ?? String(name));
  database.exec(`
    WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < ${count - 1})
    INSERT INTO ${table} SELECT ${values.join(", ")} FROM copies CROSS JOIN (SELECT * FROM ${table})`);
}
