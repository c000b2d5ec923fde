import { chmodSync, closeSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { diskError } from "./disk-error.ts";
import { openDatabase, sqliteCode } from "./sqlite.ts";
import { corrupted, inspectDatabase } from "./inspect.ts";
import { migrations } from "./migrations.ts";

/**
 * Opens the state database, new or old. A commit is on disk before a call returns (`synchronous=FULL`).
 *
 * @throws AppEnvError STATE_CORRUPTED, STATE_NEWER (nothing is changed then), DISK_FULL, STATE_UNWRITABLE.
 */
export function openStateDatabase(file: string): DatabaseSync {
  return storing(file, "cannot be opened", () => {
    inspectDatabase(file);
    // SQLite gives its other files the mode of this one.
    closeSync(openSync(file, "a", 0o600));
    chmodSync(file, 0o600);
    const database = openDatabase(file);
    try {
      database.exec(
        "PRAGMA busy_timeout=5000; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
      );
      migrate(database);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Runs `action`; what the disk or SQLite throws becomes an AppEnvError that names the file. */
export function storing<T>(file: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = sqliteCode(error);
    if (code === sqliteCorrupt || code === sqliteNotADatabase) throw corrupted(file, String(error), error);
    throw diskError(error, dirname(file), `The database ${file} ${what}`);
  }
}

const sqliteCorrupt = 11;
const sqliteNotADatabase = 26;

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version === migrations.length) return;
  together(database, () => {
    for (const step of migrations.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version=${migrations.length}`);
  });
}

/** All that `action` writes, or nothing of it. */
export function together(database: DatabaseSync, action: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    action();
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
