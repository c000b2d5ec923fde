import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { AppEnvError } from "@appenv/core";
import { storing } from "@appenv-internal/state/database";

/** An API key as it is listed: the key itself is not known any more. */
export interface StoredApiKey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
}

/** The API keys that apps and, on a public address, the API accept. Only their hashes are stored. */
export interface ApiKeyStore {
  /** Makes a key. It is shown this once. @throws AppEnvError INVALID_OPTION, DISK_FULL, STATE_UNWRITABLE. */
  create(name: string): { readonly id: string; readonly name: string; readonly key: string };
  /** The keys that are not revoked, oldest first. */
  list(): readonly StoredApiKey[];
  /** @throws AppEnvError NOT_FOUND, DISK_FULL, STATE_UNWRITABLE. */
  revoke(id: string): void;
  /** SHA-256, hex, of the keys that are not revoked. */
  hashes(): readonly string[];
}

/** SHA-256 of a key, in hex. The key is 32 random bytes, so a slow hash would protect nothing more. */
export function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** The API keys in the database. */
export function apiKeyTable(database: DatabaseSync, file: string): ApiKeyStore {
  const insert = database.prepare("INSERT INTO api_keys (id, name, hash, created_at) VALUES (?, ?, ?, ?)");
  const valid = database.prepare("SELECT id, name, hash, created_at FROM api_keys WHERE revoked = 0 ORDER BY rowid");
  const revoke = database.prepare("UPDATE api_keys SET revoked = 1 WHERE id = ? AND revoked = 0");
  return {
    create: (name) => {
      checkName(name);
      const id = randomUUID();
      const key = `aek_${randomBytes(32).toString("base64url")}`;
      storing(file, "cannot take an API key", () => insert.run(id, name, hashKey(key), Date.now()));
      return { id, name, key };
    },
    list: () => valid.all().map((row) => readKey(row)),
    revoke: (id) => {
      const { changes } = storing(file, "cannot revoke an API key", () => revoke.run(id));
      if (Number(changes) === 0) throw noSuchKey(id);
    },
    hashes: () => valid.all().map((row) => String(row["hash"])),
  };
}

function checkName(name: string): void {
  if (name.trim() !== "" && name.length <= 100) return;
  throw new AppEnvError("INVALID_OPTION", "The name of an API key must have 1 to 100 characters.", {
    fix: "Name the key after what uses it.",
  });
}

function noSuchKey(id: string): AppEnvError {
  return new AppEnvError("NOT_FOUND", `There is no API key '${id.slice(0, 60)}'.`, {
    fix: "Use the id of one of the keys that the platform lists.",
  });
}

function readKey(row: Record<string, unknown>): StoredApiKey {
  return { id: String(row["id"]), name: String(row["name"]), createdAt: new Date(Number(row["created_at"])) };
}
