import type { DatabaseSync } from "node:sqlite";

/** A value for a condition that has not been asked for. */
export interface KeptSignal {
  /** All readings of it. */
  readonly values: readonly Uint8Array[];
  /** The one who signalled it, as logs name it. */
  readonly by: string;
}

/** Values for conditions that have not been asked for, and who answered those that were. */
export class SignalTable {
  readonly #put;
  readonly #remove;
  readonly #removeAll;
  readonly #ofRun;
  readonly #answer;
  readonly #answered;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare("REPLACE INTO kept_signals (run, name, candidates, signalled_by) VALUES (?, ?, ?, ?)");
    this.#remove = database.prepare("DELETE FROM kept_signals WHERE run = ? AND name = ?");
    this.#removeAll = database.prepare("DELETE FROM kept_signals WHERE run = ?");
    this.#ofRun = database.prepare("SELECT name, candidates, signalled_by FROM kept_signals WHERE run = ?");
    this.#answer = database.prepare("REPLACE INTO condition_answers (action, answered_by) VALUES (?, ?)");
    this.#answered = database.prepare("SELECT answered_by FROM condition_answers WHERE action = ?");
  }

  /** Notes who answered a condition. */
  putAnswer(action: number, by: string): void {
    this.#answer.run(action, by);
  }

  /** The one who answered a condition; undefined if nobody has, or nobody noted it. */
  answeredBy(action: number): string | undefined {
    const by = this.#answered.get(action)?.["answered_by"];
    return by === undefined ? undefined : String(by);
  }

  put(run: number, name: string, { values, by }: KeptSignal): void {
    this.#put.run(run, name, JSON.stringify(values.map((value) => Buffer.from(value).toString("base64"))), by);
  }

  remove(run: number, name: string): void {
    this.#remove.run(run, name);
  }

  removeAll(run: number): void {
    this.#removeAll.run(run);
  }

  /** By the conditions' names. */
  ofRun(run: number): Map<string, KeptSignal> {
    return new Map(
      this.#ofRun.all(run).map((row) => {
        const values = JSON.parse(String(row["candidates"])) as readonly string[];
        const kept = { values: values.map((value) => Buffer.from(value, "base64")), by: String(row["signalled_by"]) };
        return [String(row["name"]), kept] as const;
      }),
    );
  }
}
