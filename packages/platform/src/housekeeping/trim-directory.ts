import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

interface Found {
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
}

/**
 * Deletes the files of a directory that were written longest ago until the others have at most three quarters of a size, if
 * they have more than all of it. Files that are gone meanwhile, or cannot be deleted, are left out.
 */
export async function trimDirectory(directory: string, maxBytes: number): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const found: Found[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined) found.push({ path, bytes: stats.size, mtimeMs: stats.mtimeMs });
  }
  let bytes = found.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes <= maxBytes) return;
  for (const file of found.toSorted((one, other) => one.mtimeMs - other.mtimeMs)) {
    if (bytes <= maxBytes * 0.75) return;
    await rm(file.path, { force: true }).catch(() => {});
    bytes -= file.bytes;
  }
}
