import { chmodSync, closeSync, openSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "@appenv-internal/state/sqlite";

/** The tables of the inbox; another version of them begins anew. */
const version = 1;

const tables = `
  CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    domain TEXT NOT NULL,
    app TEXT NOT NULL,
    at INTEGER NOT NULL,
    facts TEXT NOT NULL,
    source TEXT NOT NULL,
    verified INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    body BLOB
  ) STRICT;
  CREATE INDEX deliveries_by_time ON deliveries (at);
  CREATE INDEX deliveries_by_trust ON deliveries (verified, number);
  PRAGMA user_version = ${version};`;

/** Made also in a database of an earlier release. */
const index = "CREATE INDEX IF NOT EXISTS deliveries_by_source ON deliveries (verified, app, source, project, domain)";

/**
 * Opens the database of deliveries, apart from the state's: a commit is there after a crash of the platform, and waits for no
 * disk. Readable by its owner alone, since bodies may hold anything.
 *
 * @throws the error of SQLite or of the file system.
 */
export function openInboxDatabase(file: string): DatabaseSync {
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
  const database = openDatabase(file);
  try {
    database.exec(
      "PRAGMA busy_timeout=1000; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON",
    );
    const found = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (found !== version) database.exec(`DROP TABLE IF EXISTS deliveries; ${tables}`);
    database.exec(index);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
