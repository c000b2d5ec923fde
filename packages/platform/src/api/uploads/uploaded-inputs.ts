import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppEnvError } from "@appenv/core";
import { diskError } from "@appenv-internal/state/disk-error";

const scheme = "appenv://inputs/";

/** Time after which uploaded inputs are deleted, in milliseconds: they are for a run that is started soon. */
const keptMs = 3_600_000;

/** Inputs that were uploaded before their run, by their content. A run that is accepted has its own copy. */
export class UploadedInputs {
  readonly #directory: string;
  #cleanedAt = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Stores inputs and gives their URI. @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
  async add(inputs: Uint8Array): Promise<string> {
    const name = createHash("sha256").update(inputs).digest("hex");
    const temporary = join(this.#directory, `.upload-${randomUUID()}`);
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await this.#clean();
      await writeFile(temporary, inputs, { mode: 0o600 });
      await rename(temporary, join(this.#directory, name));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw diskError(error, this.#directory, "The inputs cannot be stored");
    }
    return `${scheme}${name}`;
  }

  /** The inputs of a URI; undefined if it is none of this store. @throws AppEnvError NOT_FOUND. */
  async read(uri: string): Promise<Uint8Array | undefined> {
    if (!uri.startsWith(scheme)) return undefined;
    const name = uri.slice(scheme.length);
    const content = /^[0-9a-f]{64}$/.test(name) ? await readIfThere(join(this.#directory, name)) : undefined;
    if (content !== undefined) return content;
    throw new AppEnvError("NOT_FOUND", `The inputs '${uri.slice(0, 200)}' are not on this platform any more.`, {
      fix: "Upload them again; they are kept for an hour.",
    });
  }

  /** Deletes old files, now and then. */
  async #clean(): Promise<void> {
    if (Date.now() - this.#cleanedAt < keptMs / 4) return;
    this.#cleanedAt = Date.now();
    const files = (await readdir(this.#directory)).map((name) => join(this.#directory, name));
    await Promise.all(files.map((file) => removeIfOld(file)));
  }
}

async function removeIfOld(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found !== undefined && Date.now() - found.mtimeMs > keptMs) await rm(file, { force: true });
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
