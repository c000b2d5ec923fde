import { chmodSync, closeSync, openSync, rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { openDatabase, sqliteCode } from "@appenv-internal/state/sqlite";
import { tables, tablesVersion } from "./tables.ts";

const pageBytes = 4_096;
const [corrupt, notADatabase] = [11, 26];

/**
 * Opens the database of metrics, apart from the state's, whose commits are waited for: here a commit waits for no disk. After
 * the machine itself has failed the file may be broken; then, as with tables of another version, it begins anew.
 *
 * @throws the error of SQLite or of the file system.
 */
export function openMetricsDatabase(file: string, mostBytes: number): DatabaseSync {
  try {
    return open(file, mostBytes);
  } catch (error) {
    if (!isBroken(error)) throw error;
    removeMetricsDatabase(file);
    return open(file, mostBytes);
  }
}

/** True if an error says that the file has to begin anew. */
export function isBroken(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === corrupt || code === notADatabase || error instanceof OtherTables;
}

/** Removes the file and those that SQLite keeps beside it. */
export function removeMetricsDatabase(file: string): void {
  for (const each of [file, `${file}-wal`, `${file}-shm`]) rmSync(each, { force: true });
}

class OtherTables extends Error {}

function open(file: string, mostBytes: number): DatabaseSync {
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
  const database = openDatabase(file);
  try {
    database.exec("PRAGMA busy_timeout=1000; PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF");
    database.exec(`PRAGMA max_page_count=${Math.ceil(mostBytes / pageBytes)}`);
    const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version === 0) database.exec(tables);
    else if (version !== tablesVersion) throw new OtherTables();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
