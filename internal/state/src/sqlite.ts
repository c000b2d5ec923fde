import type { DatabaseSync, DatabaseSyncOptions } from "node:sqlite";

/** Opens a database with `node:sqlite`. */
export function openDatabase(file: string, options: DatabaseSyncOptions = {}): DatabaseSync {
  return new (loadSqlite().DatabaseSync)(file, options);
}

let loaded: typeof import("node:sqlite") | undefined;

// Node 22 prints a warning when the module is loaded first. Nobody who runs a platform can act on it.
function loadSqlite(): typeof import("node:sqlite") {
  if (loaded !== undefined) return loaded;
  const emitWarning = process.emitWarning;
  process.emitWarning = () => {};
  try {
    loaded = process.getBuiltinModule("node:sqlite");
    return loaded;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** SQLite's primary result code of an error, undefined if the error is not SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  const { errcode } = (error ?? {}) as { errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : undefined;
}
