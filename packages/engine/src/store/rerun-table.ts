import type { DatabaseSync } from "node:sqlite";
import type { Payload } from "../objects/objects.ts";
import { payloadOf } from "./read-action.ts";

/** An action of a recovered run that is different in the run that recovers it. */
export interface RerunRow {
  readonly action: string;
  /** True if it runs again although it succeeded, with all that follows it. */
  readonly again: boolean;
  /** Its inputs, in place of those that it is called with. */
  readonly inputs: Payload | undefined;
}

/** The differences between runs and those that they recover. */
export class RerunTable {
  readonly #put;
  readonly #ofRun;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare("INSERT INTO rerun_actions VALUES (?, ?, ?, ?, ?)");
    this.#ofRun = database.prepare("SELECT * FROM rerun_actions WHERE run = ? ORDER BY action");
  }

  put(run: number, { action, again, inputs }: RerunRow): void {
    this.#put.run(run, action, again ? 1 : 0, inputs?.object ?? null, inputs?.bytes ?? null);
  }

  ofRun(run: number): readonly RerunRow[] {
    return this.#ofRun.all(run).map((row) => ({
      action: String(row["action"]),
      again: row["again"] === 1,
      inputs: payloadOf(row, "inputs"),
    }));
  }
}
