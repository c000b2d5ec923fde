import type { DatabaseSync } from "node:sqlite";
import { storing } from "@appenv-internal/state/database";

/** A browser that has signed in, as it is stored. The id in its cookie is not known. */
export interface StoredSession {
  /** SHA-256 of the id, in hex. */
  readonly hash: string;
  /** SHA-256, hex, of the key that was signed in with. */
  readonly keyHash: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** The last request, in milliseconds since 1970. */
  readonly usedAt: number;
}

/** The sessions of browsers, which outlive the platform's process. */
export interface SessionStore {
  load(): readonly StoredSession[];
  /** Stores a session, or the time of its last request. @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
  save(session: StoredSession): void;
  /** @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
  remove(hash: string): void;
}

/** The sessions in the database. */
export function sessionTable(database: DatabaseSync, file: string): SessionStore {
  const all = database.prepare("SELECT hash, key_hash, started_at, used_at FROM sessions");
  const save = database.prepare(
    "INSERT OR REPLACE INTO sessions (hash, key_hash, started_at, used_at) VALUES (?, ?, ?, ?)",
  );
  const remove = database.prepare("DELETE FROM sessions WHERE hash = ?");
  return {
    load: () => all.all().map(readSession),
    save: ({ hash, keyHash, startedAt, usedAt }) =>
      storing(file, "cannot take a session", () => void save.run(hash, keyHash, startedAt, usedAt)),
    remove: (hash) => storing(file, "cannot end a session", () => void remove.run(hash)),
  };
}

function readSession(row: Record<string, unknown>): StoredSession {
  return {
    hash: String(row["hash"]),
    keyHash: String(row["key_hash"]),
    startedAt: Number(row["started_at"]),
    usedAt: Number(row["used_at"]),
  };
}
