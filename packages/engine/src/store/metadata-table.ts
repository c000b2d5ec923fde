import type { DatabaseSync } from "node:sqlite";

/** Metadata of actions: JSON objects that they have set. */
export class MetadataTable {
  readonly #put;
  readonly #find;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare("REPLACE INTO action_metadata VALUES (?, ?)");
    this.#find = database.prepare("SELECT json FROM action_metadata WHERE action = ?");
  }

  put(action: number, json: string): void {
    this.#put.run(action, json);
  }

  find(action: number): string | undefined {
    const row = this.#find.get(action);
    return row && String(row["json"]);
  }
}
