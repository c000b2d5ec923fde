import { closeSync, existsSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { AppEnvError } from "@appenv/core";
import { openDatabase, sqliteCode } from "./sqlite.ts";
import { migrations } from "./migrations.ts";

const magic = "SQLite format 3\0";
const cannotOpen = 14;

/**
 * Looks whether an existing database is whole and not from a newer version, and changes nothing on disk, also when it
 * is not: whoever repairs it finds what the last platform left, its write-ahead log included.
 *
 * @throws AppEnvError STATE_CORRUPTED, STATE_NEWER; SQLite's own error if the file cannot be read.
 */
export function inspectDatabase(file: string): void {
  if (!existsSync(file) || statSync(file).size === 0) return;
  if (!hasMagic(file)) throw corrupted(file, "it is no SQLite database");
  const missing = [`${file}-wal`, `${file}-shm`].filter((sibling) => !existsSync(sibling));
  try {
    inspectContent(file);
  } catch (error) {
    // Reading a database in WAL mode creates these. They are empty, or derived from the others.
    for (const sibling of missing) rmSync(sibling, { force: true });
    if (AppEnvError.is(error) || sqliteCode(error) === cannotOpen) throw error;
    throw corrupted(file, error instanceof Error ? error.message : String(error), error);
  }
}

function hasMagic(file: string): boolean {
  const header = Buffer.alloc(magic.length);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, header);
  } finally {
    closeSync(descriptor);
  }
  return header.toString("latin1") === magic;
}

function inspectContent(file: string): void {
  const database = openDatabase(file, { readOnly: true });
  try {
    const [found] = database.prepare("PRAGMA quick_check(1)").all();
    if (found?.["quick_check"] !== "ok") throw corrupted(file, String(found?.["quick_check"]));
    const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version > migrations.length) throw newer(file, version);
  } finally {
    database.close();
  }
}

/** The error of a database that cannot be read. */
export function corrupted(file: string, why: string, cause?: unknown): AppEnvError {
  return new AppEnvError("STATE_CORRUPTED", `The database ${file} cannot be read: ${why}.`, { cause });
}

function newer(file: string, version: number): AppEnvError {
  return new AppEnvError(
    "STATE_NEWER",
    `The database ${file} has version ${version}; this AppEnv reads versions up to ${migrations.length}.`,
  );
}
