import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppEnvError } from "@appenv/core";
import { diskError } from "@appenv-internal/state/disk-error";
import { filesIn } from "./files-in.ts";

/** Bytes up to this size stand in the database, larger ones in a file. */
export const inlineBytes: number = 64 * 1024;

/** Bytes that are kept: in the database, or in a file that is named by its SHA-256. */
export type Payload =
  | { readonly bytes: Uint8Array; readonly object?: undefined }
  | {
      readonly object: string;
      readonly bytes?: undefined;
      /** The kept files that it names; only known when it was put just now. */
      readonly files?: readonly string[];
    };

/** Time for which an object that was put is not removed, in milliseconds: what names it may not be stored yet. */
const putMs = 60_000;
/** The same for files that tasks give to one another: workers keep them before the platform hears of them. */
const keptMs = 3_600_000;

/** Large inputs, outputs and reports: files named by the SHA-256 of what is in them. */
export class Objects {
  readonly #directory: string;
  /** The time of each put of the last minute. */
  readonly #put: Map<string, number> = new Map();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Makes the directory, and removes what a killed platform left unfinished.
   *
   * @throws AppEnvError DISK_FULL, STATE_UNWRITABLE.
   */
  open(): void {
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      for (const name of readdirSync(this.#directory)) {
        if (name.startsWith(unfinished) || name === drafts)
          rmSync(join(this.#directory, name), { recursive: true, force: true });
      }
    } catch (error) {
      throw diskError(error, this.#directory, `The directory ${this.#directory} cannot be prepared`);
    }
  }

  /** True if they are too large for the database, so that `put` has something to do. */
  static isLarge(bytes: Uint8Array): boolean {
    return bytes.byteLength > inlineBytes;
  }

  /** Keeps bytes; large ones are on disk when it resolves. @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
  async put(bytes: Uint8Array): Promise<Payload> {
    if (!Objects.isLarge(bytes)) return { bytes };
    const object = createHash("sha256").update(bytes).digest("hex");
    const file = this.#file(object);
    try {
      this.#note(object);
      if (!existsSync(file)) await this.#write(file, bytes);
      this.#note(object);
      return { object, files: filesIn(bytes) };
    } catch (error) {
      throw diskError(error, this.#directory, `${bytes.byteLength} bytes cannot be stored in ${this.#directory}`);
    }
  }

  /** @throws AppEnvError NOT_FOUND if its file is gone. */
  get(payload: Payload): Uint8Array {
    if (payload.bytes !== undefined) return payload.bytes;
    try {
      return readFileSync(this.#file(payload.object));
    } catch (error) {
      throw new AppEnvError("NOT_FOUND", `The file ${this.#file(payload.object)} cannot be read.`, {
        fix: "Restore it from a backup, or run the task again.",
        cause: error,
      });
    }
  }

  /** Removes an object that nothing names. Answers false if it was put so short a time ago that something still may. */
  remove(object: string): boolean {
    if (performance.now() - (this.#put.get(object) ?? Number.NEGATIVE_INFINITY) < putMs) return false;
    rmSync(this.#file(object), { force: true });
    return true;
  }

  /**
   * Removes files that tasks gave to one another and nothing names. Answers false if they were kept so short a time ago that
   * something still may. @param place - `files/aa/HASH` or `dirs/aa/HASH`.
   */
  removeKept(place: string): boolean {
    const folder = join(this.#directory, place);
    const removed = join(this.#directory, `${unfinished}${randomUUID()}`);
    if (!existsSync(folder)) return true;
    // Whoever keeps the same at this moment finds them either untouched or gone.
    renameSync(folder, removed);
    const newest = Math.max(...readdirSync(removed).map((name) => statSync(join(removed, name)).mtimeMs));
    if (Date.now() - newest < keptMs && !existsSync(folder)) {
      renameSync(removed, folder);
      return false;
    }
    rmSync(removed, { recursive: true, force: true });
    return true;
  }

  /** The places of all files that tasks gave to one another. */
  kept(): readonly string[] {
    return parts.flatMap((part) => this.#keptIn(part));
  }

  /** The objects of one of the `parts`, and the places of the files that tasks gave to one another in it. */
  storedIn(part: string): readonly string[] {
    return [...listed(join(this.#directory, part)).map((rest) => `${part}${rest}`), ...this.#keptIn(part)];
  }

  /** True if an object or files were written within the last hour: what names them may not be stored yet. */
  isYoung(item: string): boolean {
    const place = item.includes("/") ? join(this.#directory, item) : this.#file(item);
    const found = statSync(place, { throwIfNoEntry: false });
    return found !== undefined && Date.now() - found.mtimeMs < keptMs;
  }

  #keptIn(part: string): readonly string[] {
    return ["files", "dirs"].flatMap((kind) =>
      listed(join(this.#directory, kind, part)).map((hash) => `${kind}/${part}/${hash}`),
    );
  }

  #note(object: string): void {
    const now = performance.now();
    for (const [other, at] of this.#put) {
      if (now - at < putMs) break;
      this.#put.delete(other);
    }
    this.#put.delete(object);
    this.#put.set(object, now);
  }

  /** In folders of 256, so that none becomes large. */
  #file(object: string): string {
    return join(this.#directory, object.slice(0, 2), object.slice(2));
  }

  async #write(file: string, bytes: Uint8Array): Promise<void> {
    const temporary = join(this.#directory, `${unfinished}${randomUUID()}`);
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const handle = await open(temporary, "wx", 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, file);
      await syncDirectory(dirname(file));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  }
}

const unfinished = ".unfinished-";
/** The folder in which workers copy files before they keep them; those of a killed platform have nobody. */
const drafts = "drafts";

/** The folders among which objects and files are shared out, by the beginning of their hash. */
export const parts: readonly string[] = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, "0"));

function listed(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

/** Makes the name itself last. Windows cannot, and need not. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
