import type { DatabaseSync } from "node:sqlite";
import { AppEnvError } from "@appenv/core";
import { sqliteCode } from "@appenv-internal/state/sqlite";
import { isolated } from "@appenv/core/internal";
import { storing } from "@appenv-internal/state/database";

/** A write whose caller waits, and hears if it cannot be stored. */
interface Wanted {
  readonly write: () => unknown;
  readonly stored: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
}

/** Maximum time that a change waits for others to be written with, in milliseconds. */
const lazyMs = 10;
/** Pause after the disk refused, in milliseconds. */
const retryMs = 1_000;

/**
 * Writes in groups: what comes within one turn of the event loop is one transaction, which is on disk when those who
 * wait are told. Rows that the disk refuses are kept and written as soon as it takes them.
 */
export class Committer {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #rows: Map<object, { readonly write: () => void; readonly stored: () => void }> = new Map();
  #wanted: Wanted[] = [];
  #callbacks: (() => void)[] = [];
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** Called after each transaction, when those who waited have been told; with `false` if it was taken back. */
  onEnd: (stored: boolean) => void = () => {};
  /** Called for a row that can never be stored, whatever the disk does. */
  onBroken: (row: object) => void = () => {};

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
  }

  /** Has a row written with the next transaction, and soon in any case. Once, however often it is called until then. */
  save(row: object, write: () => void, stored: () => void = () => {}): void {
    if (!this.#rows.has(row)) this.#rows.set(row, { write, stored });
    if (this.#immediate === undefined && this.#timer === undefined) this.#after(lazyMs);
  }

  /** Calls back once all that was saved until now is on disk. */
  whenStored(callback: () => void): void {
    this.#callbacks.push(callback);
    this.#soon();
  }

  /**
   * Writes something that is refused if it cannot be stored now. It comes after the rows. `write` throws an AppEnvError
   * before it has changed anything to take only itself back.
   *
   * @param stored - Called before the promise resolves, in order.
   * @throws AppEnvError DISK_FULL, STATE_UNWRITABLE, and what `write` throws.
   */
  commit<T>(write: () => T, stored: (value: T) => void = () => {}): Promise<T> {
    if (this.#closed) return Promise.reject(this.#refusal());
    return new Promise<T>((resolve, reject) => {
      this.#wanted.push({
        write,
        stored: (value) => {
          try {
            stored(value as T);
            resolve(value as T);
          } catch (error) {
            reject(error as Error);
          }
        },
        failed: reject,
      });
      this.#soon();
    });
  }

  /** Writes what waits. Without effect if nothing does. */
  flush(): void {
    this.#cancelTimers();
    const wanted = this.#wanted;
    this.#wanted = [];
    if (this.#rows.size === 0 && this.#callbacks.length === 0 && wanted.length === 0) return;
    const told = this.#transact(wanted);
    if (told === undefined) return;
    const stored = [...this.#rows.values()].map((row) => row.stored);
    this.#rows.clear();
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    callAll([...stored, ...told, ...callbacks, () => this.onEnd(true)]);
  }

  /** Writes what waits for the last time; what comes later is refused. */
  close(): void {
    this.flush();
    this.#closed = true;
    this.#cancelTimers();
    for (const { failed } of this.#wanted) failed(this.#refusal());
    this.#wanted = [];
  }

  #soon(): void {
    if (this.#closed || this.#immediate !== undefined) return;
    this.#immediate = setImmediate(() => this.flush());
  }

  #after(ms: number): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), ms);
  }

  #cancelTimers(): void {
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    [this.#immediate, this.#timer] = [undefined, undefined];
  }

  #refusal(): AppEnvError {
    return new AppEnvError("STATE_UNWRITABLE", `The database ${this.#file} is closed: the platform ends.`);
  }

  /** The calls that tell those who wait; undefined if the disk refused. */
  #transact(wanted: readonly Wanted[]): (() => void)[] | undefined {
    try {
      return this.#attempt(wanted, false);
    } catch (error) {
      if (!isDisk(error)) return this.#separately(wanted);
      this.#refuse(wanted, error);
      return undefined;
    }
  }

  /** One of the writes is at fault, not the disk: each for itself, so that the others are stored. */
  #separately(wanted: readonly Wanted[]): (() => void)[] | undefined {
    try {
      return this.#attempt(wanted, true);
    } catch (error) {
      this.#refuse(wanted, error);
      return undefined;
    }
  }

  #refuse(wanted: readonly Wanted[], error: unknown): void {
    const reason = this.#asAppEnvError(error);
    for (const { failed } of wanted) failed(reason);
    this.onEnd(false);
    if (this.#rows.size > 0 || this.#callbacks.length > 0) this.#after(retryMs);
  }

  #asAppEnvError(error: unknown): unknown {
    try {
      return storing(this.#file, "cannot be written", () => {
        throw error;
      });
    } catch (readable) {
      return readable;
    }
  }

  #attempt(wanted: readonly Wanted[], separately: boolean): (() => void)[] {
    const database = this.#database;
    const told: (() => void)[] = [];
    const one = separately ? (write: () => unknown) => this.#inSavepoint(write) : (write: () => unknown) => write();
    database.exec("BEGIN IMMEDIATE");
    try {
      for (const [row, { write }] of this.#rows) {
        if (!separately) write();
        else if (!this.#tryOne(write)) told.push(() => this.onBroken(row));
      }
      for (const want of wanted) told.push(this.#writeWanted(want, one, separately));
      database.exec("COMMIT");
      return told;
    } finally {
      if (database.isTransaction) database.exec("ROLLBACK");
    }
  }

  #writeWanted(
    { write, stored, failed }: Wanted,
    one: (write: () => unknown) => unknown,
    separately: boolean,
  ): () => void {
    try {
      const value = one(write);
      return () => stored(value);
    } catch (error) {
      if (!AppEnvError.is(error) && (!separately || isDisk(error))) throw error;
      return () => failed(AppEnvError.is(error) ? error : AppEnvError.from(error, "UNEXPECTED"));
    }
  }

  #tryOne(write: () => void): boolean {
    try {
      this.#inSavepoint(write);
      return true;
    } catch (error) {
      if (isDisk(error)) throw error;
      return false;
    }
  }

  #inSavepoint(write: () => unknown): unknown {
    this.#database.exec("SAVEPOINT one");
    try {
      const value = write();
      this.#database.exec("RELEASE one");
      return value;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK TO one; RELEASE one");
      throw error;
    }
  }
}

/** Calls all of them, also if one fails: the change is stored, and may be looked at again. */
function callAll(callbacks: readonly (() => void)[]): void {
  for (const callback of callbacks) isolated("A step after a change of the tasks' state failed", callback);
}

// Codes of SQLite that a statement is at fault for, among them constraint, mismatch and misuse.
const faultsOfStatements: ReadonlySet<number> = new Set([1, 18, 19, 20, 21, 25]);

function isDisk(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && !faultsOfStatements.has(code);
}
