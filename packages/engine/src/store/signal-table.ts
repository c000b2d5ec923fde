import type { DatabaseSync } from "node:sqlite";

/** Values for conditions that have not been asked for. */
export class SignalTable {
  readonly #put;
  readonly #remove;
  readonly #removeAll;
  readonly #ofRun;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare("REPLACE INTO kept_signals (run, name, candidates) VALUES (?, ?, ?)");
    this.#remove = database.prepare("DELETE FROM kept_signals WHERE run = ? AND name = ?");
    this.#removeAll = database.prepare("DELETE FROM kept_signals WHERE run = ?");
    this.#ofRun = database.prepare("SELECT name, candidates FROM kept_signals WHERE run = ?");
  }

  put(run: number, name: string, values: readonly Uint8Array[]): void {
    this.#put.run(run, name, JSON.stringify(values.map((value) => Buffer.from(value).toString("base64"))));
  }

  remove(run: number, name: string): void {
    this.#remove.run(run, name);
  }

  removeAll(run: number): void {
    this.#removeAll.run(run);
  }

  /** All readings of each value, by the conditions' names. */
  ofRun(run: number): Map<string, readonly Uint8Array[]> {
    return new Map(
      this.#ofRun.all(run).map((row) => {
        const values = JSON.parse(String(row["candidates"])) as readonly string[];
        return [String(row["name"]), values.map((value) => Buffer.from(value, "base64"))] as const;
      }),
    );
  }
}
