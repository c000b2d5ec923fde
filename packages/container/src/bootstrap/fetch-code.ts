import { createHash } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { StorageError, type Storage } from "../storage/storage.ts";

/**
 * Fetches the code that was uploaded, and checks that it is what was deployed.
 *
 * @param hash - SHA-256 of what lies there, compressed by gzip, hex. @returns The path of a module. @throws StorageError.
 */
export async function fetchCode(storage: Pick<Storage, "get">, uri: string, hash: string): Promise<string> {
  const packed = await storage.get(uri);
  if (packed === undefined) throw new StorageError(`the code ${uri} is not there any more; deploy again`);
  const found = createHash("sha256").update(packed).digest("hex");
  if (found !== hash)
    throw new StorageError(`the code ${uri} is not what was deployed: its SHA-256 is ${found}, not ${hash}`);
  const file = join(await mkdtemp(join(tmpdir(), "appenv-")), "app.mjs");
  await writeFile(file, gunzipSync(packed));
  return file;
}
