import type { DatabaseSync } from "node:sqlite";
import { liveOutcome } from "./codes.ts";
import { readSettings } from "./run-table.ts";
import { idsPerRun } from "./rows.ts";
import { idsPerStream } from "./stream-table.ts";

/** A run that is being deleted: no list has it any more. */
export interface DeletedRun {
  readonly id: number;
  readonly scope: number;
  readonly name: string;
}

/** Deletes runs from the database: each at once from every list, and then its actions, some at a time. */
export class DeletionTable {
  readonly #run;
  readonly #begin;
  readonly #begun;
  readonly #named;
  readonly #finish;
  readonly #slice;
  readonly #erase;
  readonly #unlabel;
  readonly #recovering;
  readonly #stream;
  readonly #nextTask;
  readonly #due;
  readonly #entries;
  readonly #removeStream;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string): ReturnType<DatabaseSync["prepare"]> => database.prepare(sql);
    this.#run = prepare("SELECT id, settings FROM runs WHERE id = ? AND outcome <> 0");
    this.#begin = [
      `UPDATE run_counts SET runs = runs - 1 FROM runs r WHERE r.id = ? AND run_counts.scope = r.scope
         AND run_counts.task_name = r.task_name AND run_counts.task = r.task AND run_counts.outcome = r.outcome
         AND run_counts.trigger_task = ifnull(r.trigger_task, '')
         AND run_counts.trigger_name = ifnull(r.trigger_name, '')`,
      `DELETE FROM run_counts WHERE runs <= 0 AND (scope, task_name, task)
         IN (SELECT scope, task_name, task FROM runs WHERE id = ?)`,
      "DELETE FROM kept_signals WHERE run = ?",
      "DELETE FROM event_cursors WHERE run = ?",
      "INSERT OR IGNORE INTO garbage SELECT inputs_object FROM rerun_actions WHERE run = ? AND inputs_object IS NOT NULL",
      "UPDATE last_deleted SET run = max(run, ?)",
      "INSERT INTO deleted_runs SELECT id, scope, name FROM runs WHERE id = ?",
      "DELETE FROM runs WHERE id = ?",
    ].map(prepare);
    this.#unlabel = prepare("DELETE FROM run_labels WHERE key = ? AND value = ? AND run = ?");
    this.#begun = prepare("SELECT id, scope, name FROM deleted_runs ORDER BY id LIMIT ?");
    this.#named = prepare("SELECT 1 FROM deleted_runs WHERE scope = ? AND name = ?");
    this.#finish = prepare("DELETE FROM deleted_runs WHERE id = ?");
    this.#slice = prepare(
      "SELECT count(*) AS count, max(id) AS last FROM (SELECT id FROM actions WHERE id >= ? AND id < ? ORDER BY id LIMIT ?)",
    );
    this.#recovering = prepare(
      `SELECT name FROM runs INDEXED BY runs_recovering WHERE recovers = ? AND recovers IS NOT NULL
       AND outcome = ${liveOutcome} LIMIT 1`,
    );
    this.#nextTask = prepare(
      "SELECT task FROM runs INDEXED BY runs_by_end WHERE task > ? AND ended_at IS NOT NULL ORDER BY task LIMIT 1",
    );
    this.#due = prepare(
      `SELECT id, scope, name FROM runs INDEXED BY runs_by_end WHERE task = ? AND ended_at < ? AND ended_at IS NOT NULL
       ORDER BY ended_at LIMIT ?`,
    );
    this.#stream = prepare("SELECT id FROM streams WHERE run = ? LIMIT 1");
    this.#entries = prepare(
      `DELETE FROM stream_entries WHERE id IN (SELECT id FROM stream_entries WHERE id >= ?1 * ${idsPerStream}
         AND id < (?1 + 1) * ${idsPerStream} LIMIT ?2)`,
    );
    this.#removeStream = prepare("DELETE FROM streams WHERE id = ?");
    const holders = "(SELECT CAST(id AS TEXT) FROM actions WHERE id >= ? AND id <= ?)";
    this.#erase = [
      "INSERT OR IGNORE INTO garbage SELECT inputs_object FROM actions WHERE id >= ? AND id <= ? AND inputs_object IS NOT NULL",
      "INSERT OR IGNORE INTO garbage SELECT outputs_object FROM actions WHERE id >= ? AND id <= ? AND outputs_object IS NOT NULL",
      "INSERT OR IGNORE INTO garbage SELECT object FROM reports WHERE action >= ? AND action <= ? AND object IS NOT NULL",
      `INSERT OR IGNORE INTO garbage SELECT file FROM file_holders WHERE holder IN ${holders}`,
      `DELETE FROM file_holders WHERE holder IN ${holders}`,
      "DELETE FROM action_metadata WHERE action >= ? AND action <= ?",
      "DELETE FROM cached_results WHERE action >= ? AND action <= ?",
      "DELETE FROM reports WHERE action >= ? AND action <= ?",
      "DELETE FROM attempts WHERE action >= ? AND action <= ?",
      "DELETE FROM actions WHERE id >= ? AND id <= ?",
    ].map(prepare);
  }

  /** The name of a live run that takes over results of this one. */
  recoveredBy(run: number): string | undefined {
    const name = this.#recovering.get(run)?.["name"];
    return name === undefined ? undefined : String(name);
  }

  /** The tasks, by their rows, that runs have ended of. */
  *tasks(): Generator<number> {
    for (let row = this.#nextTask.get(-1); row !== undefined; row = this.#nextTask.get(Number(row["task"]))) {
      yield Number(row["task"]);
    }
  }

  /** Runs of a task that ended before a time, in milliseconds since 1970, the first of them first. */
  endedBefore(task: number, time: number, limit: number): readonly DeletedRun[] {
    return this.#due.all(task, time, limit).map(readRun);
  }

  /** Takes a run that has ended out of every list. Answers false if there is no such run. */
  begin(run: number): boolean {
    const row = this.#run.get(run);
    if (row === undefined) return false;
    for (const [key, value] of Object.entries(readSettings(row["settings"]).labels)) this.#unlabel.run(key, value, run);
    for (const statement of this.#begin) statement.run(run);
    return true;
  }

  /** Runs that are being deleted, the oldest first. */
  begun(limit: number): readonly DeletedRun[] {
    return this.#begun.all(limit).map(readRun);
  }

  /** True if a run of that name is being deleted. */
  hasName(scope: number, name: string): boolean {
    return this.#named.get(scope, name) !== undefined;
  }

  /** Deletes actions of a run with what belongs to each, at most `limit` of them. Answers how many. */
  eraseActions(run: number, limit: number): number {
    const row = this.#slice.get(run * idsPerRun, (run + 1) * idsPerRun, limit);
    const count = Number(row?.["count"]);
    if (count === 0) return 0;
    for (const statement of this.#erase) statement.run(run * idsPerRun, Number(row?.["last"]));
    return count;
  }

  /** Deletes entries of a run's streams, at most `limit` of them, and streams without any. Answers how many. */
  eraseStreams(run: number, limit: number): number {
    for (let row = this.#stream.get(run); row !== undefined; row = this.#stream.get(run)) {
      const stream = Number(row["id"]);
      const { changes } = this.#entries.run(stream, limit);
      if (Number(changes) > 0) return Number(changes);
      this.#removeStream.run(stream);
    }
    return 0;
  }

  /** Forgets a run of which nothing is left. */
  finish(run: number): void {
    this.#finish.run(run);
  }
}

function readRun(row: Readonly<Record<string, unknown>>): DeletedRun {
  return { id: Number(row["id"]), scope: Number(row["scope"]), name: String(row["name"]) };
}
