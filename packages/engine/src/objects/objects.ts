import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppEnvError } from "@appenv/core";
import { diskError } from "@appenv-internal/state/disk-error";

/** Bytes up to this size stand in the database, larger ones in a file. */
export const inlineBytes: number = 64 * 1024;

/** Bytes that are kept: in the database, or in a file that is named by its SHA-256. */
export type Payload =
  | { readonly bytes: Uint8Array; readonly object?: undefined }
  | { readonly object: string; readonly bytes?: undefined };

/** Large inputs, outputs and reports: files named by the SHA-256 of what is in them. */
export class Objects {
  readonly #directory: string;

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
        if (name.startsWith(unfinished)) rmSync(join(this.#directory, name), { force: true });
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
      if (!existsSync(file)) await this.#write(file, bytes);
      return { object };
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
