import type { DatabaseSync } from "node:sqlite";
import { phaseCode } from "./codes.ts";
import { idsPerRun } from "./rows.ts";

/** The task and the key that requests for runs have in common. */
export interface RecentKey {
  /** The row of the task's name. */
  readonly task: number;
  readonly kind: "debounce" | "throttle";
  readonly key: string;
}

/** A run that a request made. `at`: the time of the request. */
export interface RecentRun {
  readonly run: number;
  readonly name: string;
  readonly at: number;
}

/** Time after which no run counts as recent, in milliseconds: more than the longest span. */
const keptMs = 8 * 86_400_000;

/** The runs that debounced and throttled tasks have started of late, by their keys. */
export class RecentRunTable {
  readonly #find;
  readonly #scheduled;
  readonly #insert;
  readonly #remove;
  readonly #forget;

  constructor(database: DatabaseSync) {
    const where = "c.task = ? AND c.kind = ? AND c.key = ?";
    this.#find = database.prepare(
      `SELECT c.run, c.at, r.name FROM recent_runs c JOIN runs r ON r.id = c.run WHERE ${where} AND c.at > ? ORDER BY c.at, c.run`,
    );
    this.#scheduled = database.prepare(
      `SELECT c.run, c.at, r.name FROM recent_runs c JOIN runs r ON r.id = c.run JOIN actions a ON a.id = c.run * ${idsPerRun}
       WHERE ${where} AND a.phase = ${phaseCode("QUEUED")} AND a.attempts = 0 AND a.next_at > ?`,
    );
    this.#insert = database.prepare("INSERT INTO recent_runs (task, kind, key, at, run) VALUES (?, ?, ?, ?, ?)");
    this.#remove = database.prepare("DELETE FROM recent_runs WHERE task = ? AND kind = ? AND key = ?");
    this.#forget = database.prepare("DELETE FROM recent_runs WHERE at < ?");
  }

  /** Runs that were asked for after a time, the oldest first. */
  since({ task, kind, key }: RecentKey, after: number): readonly RecentRun[] {
    return this.#find.all(task, kind, key, after).map(toRun);
  }

  /** The one that has not begun and is due after a time. */
  scheduled({ task, kind, key }: RecentKey, after: number): RecentRun | undefined {
    const row = this.#scheduled.get(task, kind, key, after);
    return row && toRun(row);
  }

  /** Notes a run. A debounced one takes the place of the one before it. */
  put({ task, kind, key }: RecentKey, run: number, at: number): void {
    if (kind === "debounce") this.#remove.run(task, kind, key);
    this.#forget.run(at - keptMs);
    this.#insert.run(task, kind, key, at, run);
  }
}

function toRun(row: Readonly<Record<string, unknown>>): RecentRun {
  return { run: Number(row["run"]), name: String(row["name"]), at: Number(row["at"]) };
}
