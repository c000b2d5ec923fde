import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { StorageError, type Storage } from "./storage.ts";

/** Files of this machine, by `file:` URIs. A file is there whole or not at all. */
export function fileStorage(): Storage {
  return {
    get: async (uri) => {
      try {
        return await readFile(fileURLToPath(uri));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw new StorageError(`${uri} cannot be read: ${(error as Error).message}`);
      }
    },
    put: async (uri, bytes) => {
      const path = fileURLToPath(uri);
      const draft = `${path}.${process.pid}.part`;
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(draft, bytes, { flush: true });
        await rename(draft, path);
      } catch (error) {
        throw new StorageError(`${uri} cannot be written: ${(error as Error).message}`);
      }
    },
  };
}
