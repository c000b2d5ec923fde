import { createHash, randomBytes } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { diskError } from "@appenv-internal/state/disk-error";

/** A secret that is to be a file. */
export interface SecretFile {
  /** Below the directory. */
  readonly path: string;
  readonly value: Uint8Array;
}

/** Secrets as files, in a directory for each process. */
export interface SecretFiles {
  /** Writes files (mode 0400) into a new directory. @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
  write(files: readonly SecretFile[]): { readonly directory: string; remove(): void };
  /** Removes what is left. */
  close(): void;
}

/** Of tmpfs and ramfs, which keep files in memory. */
const inMemory = new Set([0x01021994, 0x858458f6]);

/**
 * Keeps the files of a state directory's platform: in memory where the system has a place for that, else in the state
 * directory itself. What a killed platform left is removed.
 *
 * @param onPlace - Told the directory below which files are put, before the first one is.
 */
export function openSecretFiles(home: string, onPlace: (directory: string) => void = () => {}): SecretFiles {
  const own = `appenv-secrets-${createHash("sha256").update(home).digest("hex").slice(0, 16)}`;
  const parents = [...memoryPlaces(), home];
  const name = `${own}-${randomBytes(4).toString("hex")}`;
  const used = new Set<string>();
  const clear = (): void => parents.forEach((parent) => removeAll(parent, own));
  clear();
  return {
    write: (files) => {
      const directory = writeIntoFirst(parents, name, files, (place) => {
        if (!used.has(place)) onPlace(place);
        used.add(place);
      });
      return { directory, remove: () => removeQuietly(directory) };
    },
    close: clear,
  };
}

function removeAll(parent: string, prefix: string): void {
  try {
    for (const name of readdirSync(parent)) {
      if (name.startsWith(prefix) && isMine(join(parent, name))) removeQuietly(join(parent, name));
    }
  } catch {
    // A place that cannot be read has nothing of ours.
  }
}

function memoryPlaces(): readonly string[] {
  const candidates = [process.env["XDG_RUNTIME_DIR"] ?? "", "/dev/shm"];
  return candidates.filter((place) => {
    try {
      return place.startsWith("/") && inMemory.has(statfsSync(place).type);
    } catch {
      return false;
    }
  });
}

function writeIntoFirst(
  parents: readonly string[],
  name: string,
  files: readonly SecretFile[],
  onPlace: (place: string) => void,
): string {
  let failure: unknown;
  for (const parent of parents) {
    const place = join(parent, name);
    const directory = join(place, randomBytes(8).toString("hex"));
    try {
      mkdirSync(place, { recursive: true, mode: 0o700 });
      // Anyone may have made it in a place that is everybody's.
      if (!isMine(place)) throw new Error(`${place} is not this user's alone`);
      onPlace(place);
      writeAll(directory, files);
      return directory;
    } catch (error) {
      failure = error;
      removeQuietly(directory);
    }
  }
  throw diskError(failure, parents.at(-1) ?? "", "The secrets cannot be written as files");
}

function writeAll(directory: string, files: readonly SecretFile[]): void {
  for (const { path, value } of files) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, value, { mode: 0o400, flag: "wx" });
    // Whatever the umask is, its owner can read it.
    chmodSync(file, 0o400);
  }
}

function isMine(place: string): boolean {
  try {
    const { uid, mode } = lstatSync(place);
    if (process.getuid === undefined) return true;
    return uid === process.getuid() && (mode & 0o170_077) === 0o040_000;
  } catch {
    return false;
  }
}

function removeQuietly(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // The next platform of this directory tries again.
  }
}
