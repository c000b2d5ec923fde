import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { diskError } from "@appenv-internal/state/disk-error";
import { describeError } from "@appenv/core/internal";

/** A log of the errors of the platform itself. */
export interface PlatformLog {
  /** Writes an error with its stack. */
  write(where: string, error: unknown): void;
  close(): void;
}

/** Beyond it a new file is begun, and one old one is kept, in bytes. */
const fileBytes = 1024 * 1024;
/** Maximum number of errors a minute that are written with their stacks; the others are counted. */
const perMinute = 50;
const minuteMs = 60_000;

/**
 * Opens the log. The file stays open, so that running out of descriptors can still be written down.
 *
 * @throws AppEnvError DISK_FULL, STATE_UNWRITABLE.
 */
export function openPlatformLog(file: string): PlatformLog {
  let descriptor: number | undefined = open(file);
  let minute = { begun: 0, written: 0, skipped: 0 };
  const append = (text: string): void => {
    if (descriptor === undefined) return;
    if (fstatSync(descriptor).size > fileBytes) descriptor = renewed(file, descriptor);
    writeSync(descriptor, text);
  };
  return {
    write: (where, error) => {
      const now = performance.now();
      if (minute.written === 0 || now - minute.begun > minuteMs) {
        if (minute.skipped > 0) append(`${timestamp()} ${minute.skipped} more errors were not written down.\n`);
        minute = { begun: now, written: 0, skipped: 0 };
      }
      minute.written += 1;
      if (minute.written > perMinute) minute.skipped += 1;
      else append(`${timestamp()} ${where}: ${describeError(error)}\n`);
    },
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

function open(file: string): number {
  try {
    return openSync(file, "a", 0o600);
  } catch (error) {
    throw diskError(error, dirname(file), `The platform's log ${file} cannot be opened`);
  }
}

/** A new file takes the place of the full one; without a free descriptor the old one goes on. */
function renewed(file: string, full: number): number {
  try {
    renameSync(file, `${file}.1`);
    const descriptor = open(file);
    closeSync(full);
    return descriptor;
  } catch {
    return full;
  }
}

function timestamp(): string {
  return new Date().toISOString();
}
