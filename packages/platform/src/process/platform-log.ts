import { describeError } from "@appenv/core/internal";
import { openBoundedFile } from "./bounded-file.ts";

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
  const bounded = openBoundedFile(file, fileBytes);
  let minute = { begun: 0, written: 0, skipped: 0 };
  const { append } = bounded;
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
    close: bounded.close,
  };
}

function timestamp(): string {
  return new Date().toISOString();
}
