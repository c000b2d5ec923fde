import type { DatabaseSync } from "node:sqlite";
import { storing } from "@appenv-internal/state/database";
import type { SecretId, SecretPlace } from "./secret-id.ts";

/** A secret as it is stored. */
export interface SecretRow {
  readonly id: SecretId;
  /** A number of Flyte's `SecretType`. */
  readonly type: number;
  /** The id of the key it is sealed with. */
  readonly keyId: string;
  readonly sealed: Uint8Array;
  /** Milliseconds since 1970, as `updatedAt`. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The rows of secrets. */
export interface SecretTable {
  get(id: SecretId): SecretRow | undefined;
  /** The secrets of exactly this place after `after`, by name. */
  list(place: SecretPlace, limit: number, after: string): readonly SecretRow[];
  /** The secrets that are sealed with another key than this. */
  ofOtherKeys(keyId: string): readonly SecretId[];
  /** @throws AppEnvError DISK_FULL, STATE_UNWRITABLE; nothing is changed then. */
  save(row: SecretRow): void;
  /** Removes one; false if there is none. @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
  remove(id: SecretId): boolean;
}

/** The secrets in the database. Statements are prepared when they are needed: most platforms have no secrets. */
export function secretTable(database: DatabaseSync, file: string): SecretTable {
  const where = "WHERE project = ? AND domain = ?";
  return {
    get: ({ project, domain, name }) => {
      const row = database.prepare(`SELECT * FROM secrets ${where} AND name = ?`).get(project, domain, name);
      return row === undefined ? undefined : read(row);
    },
    list: ({ project, domain }, limit, after) =>
      database
        .prepare(`SELECT * FROM secrets ${where} AND name > ? ORDER BY name LIMIT ?`)
        .all(project, domain, after, limit)
        .map((row) => read(row)),
    ofOtherKeys: (keyId) =>
      database
        .prepare("SELECT * FROM secrets WHERE key_id <> ? ORDER BY project, domain, name")
        .all(keyId)
        .map((row) => read(row).id),
    save: ({ id: { project, domain, name }, type, keyId, sealed, createdAt, updatedAt }) => {
      storing(file, "cannot take a secret", () =>
        database
          .prepare(
            `INSERT OR REPLACE INTO secrets (project, domain, name, type, key_id, sealed, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(project, domain, name, type, keyId, sealed, createdAt, updatedAt),
      );
    },
    remove: ({ project, domain, name }) => {
      const { changes } = storing(file, "cannot delete a secret", () =>
        database.prepare(`DELETE FROM secrets ${where} AND name = ?`).run(project, domain, name),
      );
      return Number(changes) > 0;
    },
  };
}

function read(row: Readonly<Record<string, unknown>>): SecretRow {
  return {
    id: { project: String(row["project"]), domain: String(row["domain"]), name: String(row["name"]) },
    type: Number(row["type"]),
    keyId: String(row["key_id"]),
    sealed: row["sealed"] as Uint8Array,
    createdAt: Number(row["created_at"]),
    updatedAt: Number(row["updated_at"]),
  };
}
