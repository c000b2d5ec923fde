import type { DatabaseSync } from "node:sqlite";
import { together } from "@appenv-internal/state/database";

/** Objects and kept files that a deleted run named: each goes when nothing else names it. */
export class GarbageTable {
  readonly #database: DatabaseSync;
  readonly #add;
  readonly #some;
  readonly #remove;
  readonly #objectNamed;
  readonly #fileHeld;
  /** Called when there is more. */
  onAdd: () => void = () => {};
  readonly #free: readonly ReturnType<DatabaseSync["prepare"]>[];

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#add = database.prepare("INSERT OR IGNORE INTO garbage VALUES (?)");
    this.#some = database.prepare("SELECT item FROM garbage WHERE item > ? ORDER BY item LIMIT ?");
    this.#remove = database.prepare("DELETE FROM garbage WHERE item = ?");
    this.#objectNamed = database.prepare(
      `SELECT EXISTS (SELECT 1 FROM actions WHERE inputs_object = ?1) OR EXISTS (SELECT 1 FROM actions WHERE outputs_object = ?1)
         OR EXISTS (SELECT 1 FROM reports WHERE object = ?1)
         OR EXISTS (SELECT 1 FROM rerun_actions WHERE inputs_object = ?1) AS named`,
    );
    this.#fileHeld = database.prepare("SELECT 1 FROM file_holders WHERE file = ? LIMIT 1");
    this.#free = [
      database.prepare("INSERT OR IGNORE INTO garbage SELECT file FROM file_holders WHERE holder = ?"),
      database.prepare("DELETE FROM file_holders WHERE holder = ?"),
    ];
  }

  /** Some of it, in order, after an item; empty: from the beginning. */
  some(after: string, limit: number): readonly string[] {
    return this.#some.all(after, limit).map((row) => String(row["item"]));
  }

  /** Notes an item that nothing names, as far as is known. */
  add(item: string): void {
    this.#add.run(item);
  }

  remove(item: string): void {
    this.#remove.run(item);
  }

  /** True if an action or a report has this object. */
  isNamed(object: string): boolean {
    return Number(this.#objectNamed.get(object)?.["named"]) === 1;
  }

  /** True if an action or an object names these files. */
  isHeld(file: string): boolean {
    return this.#fileHeld.get(file) !== undefined;
  }

  /** Notes that an object is gone: the files that it named may be garbage too. */
  free(object: string): void {
    for (const statement of this.#free) statement.run(object);
  }

  /** Has all files kept that an older version has written, which did not note the actions that name them. */
  holdAll(list: () => readonly string[]): void {
    if (!this.isHeld("")) return;
    const hold = this.#database.prepare("INSERT OR IGNORE INTO file_holders (file, holder) VALUES (?, 'unknown')");
    together(this.#database, () => {
      for (const file of list()) hold.run(file);
      this.#database.exec("DELETE FROM file_holders WHERE file = ''");
    });
  }
}
