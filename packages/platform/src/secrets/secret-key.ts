import { createHmac, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { AppEnvError } from "@appenv/core";
import { diskError } from "@appenv-internal/state/disk-error";

/** The key that secrets are sealed with. */
export interface SecretKey {
  /** 32 bytes. */
  readonly bytes: Buffer;
  /** Tells one key from another, and nothing of the key. */
  readonly id: string;
}

/**
 * The key in a file; undefined if there is no such file.
 *
 * @throws AppEnvError SECRET_UNREADABLE if others can read it, or it holds no key.
 */
export function readSecretKey(file: string): SecretKey | undefined {
  try {
    checkMode(file, statSync(file).mode);
    return keyOf(file, readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (AppEnvError.is(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppEnvError("SECRET_UNREADABLE", `The key file ${file} cannot be read: ${reason}`, {
      fix: "Let the user who runs the platform read it, and nobody else.",
      cause: error,
    });
  }
}

/** Makes a key and its file (mode 0600). It is on disk when this returns. @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
export function createSecretKey(file: string): SecretKey {
  const text = randomBytes(32).toString("hex");
  try {
    // A file that is half written would pass for a damaged key.
    const made = `${file}.new`;
    writeSynced(made, `${text}\n`);
    renameSync(made, file);
    syncDirectory(dirname(file));
  } catch (error) {
    throw diskError(error, dirname(file), `The key file ${file} cannot be written`);
  }
  return keyOf(file, text);
}

function checkMode(file: string, mode: number): void {
  if (process.platform === "win32" || (mode & 0o077) === 0) return;
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  throw new AppEnvError(
    "SECRET_UNREADABLE",
    `The key file ${file} is open to other users of this machine (mode ${octal}), so it is not used.`,
    { fix: `Run \`chmod 600 ${file}\`. If others may have read it and the database, change the secrets too.` },
  );
}

function keyOf(file: string, text: string): SecretKey {
  if (!/^[0-9a-f]{64}\s*$/.test(text)) {
    throw new AppEnvError("SECRET_UNREADABLE", `The key file ${file} holds no key.`, {
      fix: "Put back the key file that belongs to this database.",
    });
  }
  const bytes = Buffer.from(text.trim(), "hex");
  return { bytes, id: createHmac("sha256", bytes).update("appenv secret key").digest("hex").slice(0, 16) };
}

function writeSynced(file: string, text: string): void {
  const descriptor = openSync(file, "w", 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncDirectory(directory: string): void {
  // Windows opens no directories.
  if (process.platform === "win32") return;
  const descriptor = openSync(directory, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
