import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppEnvError } from "@appenv/core";

/** True if the operating system or SQLite says that the disk, or this user's quota on it, is full. */
export function isDiskFull(error: unknown): boolean {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  return code === "ENOSPC" || code === "EDQUOT" || (typeof errcode === "number" && (errcode & 0xff) === sqliteFull);
}

const sqliteFull = 13;
const sqliteIoError = 10;

/**
 * The error of a failed write under `directory`, with its reason as a code.
 *
 * SQLite reports a full disk in some places (its shared memory file, a quota) as a plain input/output error; then a
 * small file is written to find out.
 */
export function diskError(error: unknown, directory: string, what: string): AppEnvError {
  if (AppEnvError.is(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (isDiskFull(error) || (isIoError(error) && isDiskFull(tryWrite(directory)))) {
    return new AppEnvError("DISK_FULL", `${what}: no space left under ${directory}.`, { cause: error });
  }
  return new AppEnvError("STATE_UNWRITABLE", `${what}: ${reason}`, { cause: error });
}

function isIoError(error: unknown): boolean {
  const { errcode } = (error ?? {}) as { errcode?: unknown };
  return typeof errcode === "number" && (errcode & 0xff) === sqliteIoError;
}

function tryWrite(directory: string): unknown {
  const file = join(directory, `.probe-${process.pid}`);
  try {
    writeFileSync(file, Buffer.alloc(65_536));
    return undefined;
  } catch (error) {
    return error;
  } finally {
    rmSync(file, { force: true });
  }
}
