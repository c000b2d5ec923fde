import type { DatabaseSync } from "node:sqlite";
import type { Payload } from "../objects/objects.ts";
import { payloadOf } from "./read-action.ts";

/** The action that computed the result of a cache key last. */
export class CacheTable {
  readonly #find;
  readonly #put;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare(
      `SELECT a.outputs, a.outputs_object FROM cached_results c JOIN actions a ON a.id = c.action
       WHERE c.key = ? AND a.phase = 10`,
    );
    this.#put = database.prepare("REPLACE INTO cached_results (key, action) VALUES (?, ?)");
  }

  /** The outputs, if there are any. */
  find(key: string): Payload | undefined {
    const row = this.#find.get(key);
    return row === undefined ? undefined : (payloadOf(row, "outputs") ?? { bytes: new Uint8Array() });
  }

  put(key: string, action: number): void {
    this.#put.run(key, action);
  }
}
