import { chmodSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { openDatabase, sqliteCode } from "@appenv-internal/state/sqlite";

const busy = 5;

/** Two platforms that start at once can refuse each other; SQLite then tries again for this long, in milliseconds. */
const contentionMs = 250;

/** A database that is collected as garbage is closed, and gives up its lock: so it is referenced until it is released. */
const held = new Set<DatabaseSync>();

/**
 * Takes a lock that lasts until it is released or the process ends in any way, `kill -9` included: the operating
 * system drops it, so there is nothing stale to clean up. It is SQLite's own lock on an otherwise empty database.
 *
 * @returns The function that releases it; undefined if another process, or another holder in this one, has it.
 */
export function acquireLock(file: string): (() => void) | undefined {
  const database = openDatabase(file);
  try {
    database.exec(`PRAGMA busy_timeout=${contentionMs}; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE`);
    chmodSync(file, 0o600);
    held.add(database);
    return () => {
      held.delete(database);
      if (database.isOpen) database.close();
    };
  } catch (error) {
    database.close();
    if (sqliteCode(error) === busy) return undefined;
    throw error;
  }
}
