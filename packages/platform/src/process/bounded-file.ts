import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { diskError } from "@appenv-internal/state/disk-error";

/** A file of text that grows to a maximum; then a new one is begun, and one old one is kept. */
export interface BoundedFile {
  append(text: string): void;
  /** May be called twice; later texts are dropped. */
  close(): void;
}

/**
 * Opens the file, which only its owner may read. It stays open, so that running out of descriptors can still be written down.
 *
 * @param mostBytes - The size beyond which a new one is begun.
 * @throws AppEnvError DISK_FULL, STATE_UNWRITABLE.
 */
export function openBoundedFile(file: string, mostBytes: number): BoundedFile {
  let descriptor: number | undefined = open(file);
  return {
    append: (text) => {
      if (descriptor === undefined) return;
      if (fstatSync(descriptor).size > mostBytes) descriptor = renewed(file, descriptor);
      writeSync(descriptor, text);
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
