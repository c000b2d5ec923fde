import { cpSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Bench } from "../bench.ts";
import { RunningPlatform } from "./platform.ts";

/** The engine numbers actions by their run: a run's first one is its own number times this. */
const idsPerRun = 131_072;

/** A state directory with one run that has ended, and no platform. */
export async function stateWithOneRun(bench: Bench): Promise<string> {
  await using platform = new RunningPlatform(bench);
  await platform.start();
  await platform.script("one-run");
  return platform.home;
}

/** A copy of a state directory. */
export function copyState(bench: Bench, from: string): string {
  const home = bench.directory();
  cpSync(from, home, { recursive: true });
  return home;
}

/** A copy of the state directory with one run, with that many: its rows are copied, as ended runs leave them. */
export function stateWithRuns(bench: Bench, single: string, count: number): string {
  const home = copyState(bench, single);
  const database = new DatabaseSync(join(home, "state.db"));
  database.exec("BEGIN");
  copyRows(database, count, "attempts", { action: `action + n * ${idsPerRun}` });
  copyRows(database, count, "actions", {
    id: `id + n * ${idsPerRun}`,
    run: "run + n",
    parent: `parent + n * ${idsPerRun}`,
  });
  copyRows(database, count, "runs", { id: "id + n", name: "name || '-' || n" });
  database.exec(`UPDATE run_counts SET runs = runs * ${count}`);
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  const stored = database.prepare("SELECT count(*) AS runs, (SELECT sum(runs) FROM run_counts) AS counted FROM runs");
  const { runs, counted } = stored.get() ?? {};
  if (runs !== count || counted !== count) throw new Error(`The store has ${runs} runs and counts ${counted}.`);
  database.close();
  return home;
}

/** Copies each row of a table for every new run `n`, with some columns changed. */
function copyRows(
  database: DatabaseSync,
  count: number,
  table: string,
  changed: Readonly<Record<string, string>>,
): void {
  const columns = database.prepare(`SELECT name FROM pragma_table_info(?)`).all(table);
  const values = columns.map(({ name }) => changed[String(name)] ?? String(name));
  database.exec(`
    WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < ${count - 1})
    INSERT INTO ${table} SELECT ${values.join(", ")} FROM copies CROSS JOIN (SELECT * FROM ${table})`);
}
