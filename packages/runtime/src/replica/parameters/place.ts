import { randomUUID } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FlyteDir, FlyteFile } from "@appenv/core";
import { type GivenParameter } from "@appenv/core/internal";
import { copyDir, copyWhole } from "./copy.ts";
import { download } from "./download.ts";
import { mountedAt, ownName } from "./mount.ts";
import { ownFolder } from "./own-folder.ts";

/**
 * The file or directory of a parameter on this machine, by its absolute path: where it is, or at its mount. One that
 * must be fetched, or of which something is left out, and has no mount, is in a directory of this process.
 *
 * @throws Error, to be read after "The parameter NAME".
 */
export async function place(given: GivenParameter): Promise<FlyteFile | FlyteDir> {
  const { type, value } = given;
  const kind = type === "file" ? FlyteFile : FlyteDir;
  if (!given.download) return new kind(value);
  if (type === "file" && /^https?:/i.test(value)) {
    const target = await targetOf(given);
    await download(value, target);
    return new FlyteFile(target);
  }
  const [, scheme = "file"] = /^([a-z][a-z0-9+.-]+):/i.exec(value) ?? [];
  if (scheme.toLowerCase() !== "file") throw new Error(`is at ${value}, and nothing here fetches that`);
  const source = value.startsWith("file:") ? fileURLToPath(value) : resolve(value);
  await checkSource(source, type === "directory");
  return new kind(await local(given, source));
}

async function local(given: GivenParameter, source: string): Promise<string> {
  const ignored = given.type === "directory" ? (given.ignorePatterns ?? []) : [];
  if (given.mount === undefined && ignored.length === 0) return source;
  const target = await targetOf(given);
  if (target === source) return source;
  try {
    await (given.type === "directory" ? copyDir(source, target, ignored) : copyWhole(source, target));
  } catch (error) {
    throw new Error(`cannot be put at ${target}: ${(error as Error).message}`, { cause: error });
  }
  return target;
}

async function targetOf(given: GivenParameter): Promise<string> {
  if (given.mount !== undefined) return mountedAt(given);
  const folder = join(ownFolder(), randomUUID());
  await mkdir(folder);
  return join(folder, ownName(given.value));
}

async function checkSource(source: string, isDir: boolean): Promise<void> {
  const found = await stat(source).catch(() => undefined);
  if (found === undefined) throw new Error(`names ${source}, which is not there`);
  if (found.isDirectory() !== isDir) throw new Error(`names ${source}, which is ${isDir ? "no" : "a"} directory`);
}
