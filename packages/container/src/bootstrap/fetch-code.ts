import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StorageError, type Storage } from "../storage/storage.ts";

/**
 * Fetches the code that was uploaded, and checks that it is what was deployed.
 *
 * @param hash - SHA-256 of the code, hex. @returns The path of a module. @throws StorageError.
 */
export async function fetchCode(storage: Pick<Storage, "get">, uri: string, hash: string): Promise<string> {
  const directory = join(tmpdir(), `appenv-${hash.slice(0, 16)}`);
  const file = join(directory, "app.mjs");
  if (hashOf(await readFile(file).catch(() => new Uint8Array())) === hash) return file;
  const code = await storage.get(uri);
  if (code === undefined) throw new StorageError(`the code ${uri} is not there any more; deploy again`);
  const found = hashOf(code);
  if (found !== hash)
    throw new StorageError(`the code ${uri} is not what was deployed: its SHA-256 is ${found}, not ${hash}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, code);
  await rename(draft, file);
  return file;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
