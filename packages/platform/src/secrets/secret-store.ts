import { dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { AppEnvError } from "@appenv/core";
import { seal, unseal } from "./seal.ts";
import { checkSecretId, checkSecretValue, placesOf, placeText, type SecretId, type SecretPlace } from "./secret-id.ts";
import { createSecretKey, readSecretKey, type SecretKey } from "./secret-key.ts";
import { secretTable, type SecretRow, type SecretTable } from "./secret-table.ts";

/** A secret as it is listed: without its value. */
export interface SecretInfo extends SecretId {
  /** A number of Flyte's `SecretType`. */
  readonly type: number;
  readonly createdAt: Date;
  /** True if the key file is there that it was stored with. */
  readonly readable: boolean;
}

/** The secrets in the database, encrypted with AES-256-GCM. Every call is on disk when it returns. */
export interface SecretStore {
  /** @throws AppEnvError SECRET_EXISTS, INVALID_OPTION, SECRET_UNREADABLE, DISK_FULL, STATE_UNWRITABLE. */
  create(id: SecretId, value: Uint8Array, type: number): void;
  /** Changes its value. @throws AppEnvError NOT_FOUND, INVALID_OPTION, SECRET_UNREADABLE, DISK_FULL, STATE_UNWRITABLE. */
  update(id: SecretId, value: Uint8Array, type: number): void;
  /** @throws AppEnvError NOT_FOUND. */
  get(id: SecretId): SecretInfo;
  /** The secrets of exactly this place after `after`, by name. */
  list(place: SecretPlace, limit: number, after: string): readonly SecretInfo[];
  /** Also of one that cannot be read. @throws AppEnvError NOT_FOUND, DISK_FULL, STATE_UNWRITABLE. */
  remove(id: SecretId): void;
  /** The value for whoever runs in a project and domain; undefined if there is none. @throws AppEnvError SECRET_UNREADABLE. */
  find(place: SecretPlace, name: string): Buffer | undefined;
}

/** The secrets of a state database; their key is in `secret.key` beside it. */
export function secretStore(database: DatabaseSync, file: string): SecretStore {
  return new SealedSecrets(secretTable(database, file), join(dirname(file), "secret.key"), file);
}

class SealedSecrets implements SecretStore {
  readonly #table: SecretTable;
  readonly #keyFile: string;
  readonly #file: string;

  constructor(table: SecretTable, keyFile: string, file: string) {
    this.#table = table;
    this.#keyFile = keyFile;
    this.#file = file;
  }

  create(id: SecretId, value: Uint8Array, type: number): void {
    checkSecretId(id);
    checkSecretValue(id.name, value);
    if (this.#table.get(id) !== undefined) {
      throw new AppEnvError("SECRET_EXISTS", `There is a secret '${id.name}' in ${placeText(id)} already.`);
    }
    const now = Date.now();
    this.#save({ id, type, createdAt: now, updatedAt: now }, value);
  }

  update(id: SecretId, value: Uint8Array, type: number): void {
    checkSecretValue(id.name, value);
    const { createdAt } = this.#row(id);
    this.#save({ id, type, createdAt, updatedAt: Date.now() }, value);
  }

  get(id: SecretId): SecretInfo {
    return infoOf(this.#row(id), this.#keyIfUsable()?.id);
  }

  list(place: SecretPlace, limit: number, after: string): readonly SecretInfo[] {
    const keyId = this.#keyIfUsable()?.id;
    return this.#table.list(place, limit, after).map((row) => infoOf(row, keyId));
  }

  remove(id: SecretId): void {
    if (!this.#table.remove(id)) throw noSuchSecret(id);
  }

  find(wanted: SecretPlace, name: string): Buffer | undefined {
    for (const place of placesOf(wanted)) {
      const row = this.#table.get({ ...place, name });
      if (row !== undefined) return this.#open(row);
    }
    return undefined;
  }

  #save(row: Omit<SecretRow, "keyId" | "sealed">, value: Uint8Array): void {
    const key = this.#keyForAll() ?? createSecretKey(this.#keyFile);
    this.#table.save({ ...row, keyId: key.id, sealed: seal(value, placeOf(row.id), key) });
  }

  #row(id: SecretId): SecretRow {
    checkSecretId(id);
    const row = this.#table.get(id);
    if (row === undefined) throw noSuchSecret(id);
    return row;
  }

  #open({ id, keyId, sealed }: SecretRow): Buffer {
    const key = readSecretKey(this.#keyFile);
    if (key?.id !== keyId) throw this.#wrongKey(key);
    const value = unseal(sealed, placeOf(id), key);
    if (value !== undefined) return value;
    throw new AppEnvError(
      "SECRET_UNREADABLE",
      `The secret '${id.name}' of ${placeText(id)} cannot be read: what is stored in ${this.#file} was changed.`,
      { fix: `Delete it with \`appenv delete secret ${id.name}\` and create it again.` },
    );
  }

  /** The key all secrets are stored with: with two keys in use, one of them would be lost unnoticed. */
  #keyForAll(): SecretKey | undefined {
    const key = readSecretKey(this.#keyFile);
    if (this.#table.ofOtherKeys(key?.id ?? "").length > 0) throw this.#wrongKey(key);
    return key;
  }

  #keyIfUsable(): SecretKey | undefined {
    try {
      return readSecretKey(this.#keyFile);
    } catch {
      return undefined;
    }
  }

  #wrongKey(key: SecretKey | undefined): AppEnvError {
    const lost = this.#table.ofOtherKeys(key?.id ?? "").map((id) => `'${id.name}' (${placeText(id)})`);
    const listed = [...lost.slice(0, 20), ...(lost.length > 20 ? [`${lost.length - 20} more`] : [])].join(", ");
    const why = key === undefined ? "is missing" : "is not the one they were stored with";
    return new AppEnvError(
      "SECRET_UNREADABLE",
      `These secrets cannot be read: ${listed}. Their key file ${this.#keyFile} ${why}.`,
    );
  }
}

function placeOf({ project, domain, name }: SecretId): string {
  return JSON.stringify([project, domain, name]);
}

function infoOf({ id, type, createdAt, keyId }: SecretRow, currentKeyId: string | undefined): SecretInfo {
  return { ...id, type, createdAt: new Date(createdAt), readable: keyId === currentKeyId };
}

function noSuchSecret(id: SecretId): AppEnvError {
  return new AppEnvError("NOT_FOUND", `There is no secret '${id.name.slice(0, 100)}' in ${placeText(id)}.`, {
    fix: "`appenv get secret` lists those that are there.",
  });
}
