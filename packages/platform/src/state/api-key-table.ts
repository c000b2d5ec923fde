import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { AppEnvError } from "@appenv/core";
import { storing, together } from "@appenv-internal/state/database";

/**
 * The rights of a key. `admin`: everything, calls of apps too. `viewer`: reads what the API and the pages show, but no
 * secrets, and changes nothing; apps do not accept it.
 */
export type KeyRole = "admin" | "viewer";

/** An API key as it is listed: the key itself is not known any more. */
export interface StoredApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly createdAt: Date;
  /** The last request that carried it; undefined: none yet. */
  readonly lastUsedAt: Date | undefined;
}

/** A key that the API accepts, by its hash. */
export interface AcceptedKey {
  /** SHA-256 of the key, in hex. */
  readonly hash: string;
  readonly name: string;
  readonly role: KeyRole;
}

/** The API keys that apps and, on a public address, the API accept. Only their hashes are stored. */
export interface ApiKeyStore {
  /** Makes a key, by default an admin's. It is shown this once. @throws AppEnvError INVALID_OPTION, DISK_FULL, STATE_UNWRITABLE. */
  create(name: string, role?: KeyRole): { readonly id: string; readonly name: string; readonly key: string };
  /** The keys that are not revoked, oldest first. */
  list(): readonly StoredApiKey[];
  /** @throws AppEnvError NOT_FOUND, DISK_FULL, STATE_UNWRITABLE. */
  revoke(id: string): void;
  /** Stores the last use of keys, in milliseconds since 1970, by their hashes. @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
  storeUses(uses: ReadonlyMap<string, number>): void;
  /** The keys that the API accepts: all that are not revoked. */
  accepted(): readonly AcceptedKey[];
  /** SHA-256, hex, of the keys that apps accept: those of admins that are not revoked. */
  hashes(): readonly string[];
}

/** SHA-256 of a key, in hex. The key is 32 random bytes, so a slow hash would protect nothing more. */
export function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** The API keys in the database. */
export function apiKeyTable(database: DatabaseSync, file: string): ApiKeyStore {
  const insert = database.prepare("INSERT INTO api_keys (id, name, hash, created_at, role) VALUES (?, ?, ?, ?, ?)");
  const valid = database.prepare(
    "SELECT id, name, role, hash, created_at, last_used_at FROM api_keys WHERE revoked = 0 ORDER BY rowid",
  );
  const accepted = (): readonly AcceptedKey[] =>
    valid.all().map((row) => ({ hash: String(row["hash"]), name: String(row["name"]), role: roleOf(row) }));
  const revoke = database.prepare("DELETE FROM api_keys WHERE id = ? AND revoked = 0");
  const use = database.prepare("UPDATE api_keys SET last_used_at = ? WHERE hash = ?");
  return {
    create: (name, role = "admin") => {
      checkName(name);
      const id = randomUUID();
      const key = `aek_${randomBytes(32).toString("base64url")}`;
      storing(file, "cannot take an API key", () => insert.run(id, name, hashKey(key), Date.now(), role));
      return { id, name, key };
    },
    list: () => valid.all().map((row) => readKey(row)),
    revoke: (id) => {
      const { changes } = storing(file, "cannot revoke an API key", () => revoke.run(id));
      if (Number(changes) === 0) throw noSuchKey(id);
    },
    storeUses: (uses) =>
      storing(file, "cannot take the uses of API keys", () =>
        together(database, () => uses.forEach((at, hash) => use.run(at, hash))),
      ),
    accepted,
    hashes: () => accepted().flatMap(({ hash, role }) => (role === "admin" ? [hash] : [])),
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
  const [id, name] = [String(row["id"]), String(row["name"])];
  const usedAt = row["last_used_at"];
  const lastUsedAt = usedAt === null ? undefined : new Date(Number(usedAt));
  return { id, name, role: roleOf(row), createdAt: new Date(Number(row["created_at"])), lastUsedAt };
}

/** A role that a later version may know counts as the one with the fewest rights. */
function roleOf(row: Record<string, unknown>): KeyRole {
  return row["role"] === "admin" ? "admin" : "viewer";
}
