import { constants } from "node:fs";
import { access, mkdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { GivenParameter } from "@appenv/core/internal";

/** The path of a mounted parameter: its mount, in which a file keeps its own name if the mount ends in a slash. */
export function mountedAt({ type, mount = "", value }: GivenParameter): string {
  const isFolder = /[\\/]$/.test(mount);
  return resolve(isFolder && type === "file" ? join(mount, ownName(value)) : mount);
}

/** The last part of a path or URL. */
export function ownName(value: string): string {
  if (!/^https?:/i.test(value)) return basename(value.startsWith("file:") ? fileURLToPath(value) : value);
  const last = new URL(value).pathname.split("/").at(-1) ?? "";
  // A name may hold an encoded slash, which must not lead out of the directory.
  const name = basename(decode(last));
  return name === "" || name === "." || name === ".." ? "file" : name;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Makes sure that a parameter can be put at its mount.
 *
 * @throws Error, to be read after "The parameter NAME".
 */
export async function prepareMount(given: GivenParameter): Promise<void> {
  const target = mountedAt(given);
  const isDir = given.type === "directory";
  const folder = isDir ? target : dirname(target);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(`cannot be put at ${target}: ${(error as Error).message}`, { cause: error });
  }
  const found = await stat(target).catch(() => undefined);
  if (!isDir && found?.isDirectory() === true) {
    throw new Error(
      `cannot be put at ${target}, which is a directory; with a slash at its end the file is put into it`,
    );
  }
}
