import { cp, mkdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Dir, type File, type Parameter } from "@appenv/core";

/**
 * The file or directory of a parameter, by its absolute path: where it is, or copied to the parameter's mount.
 *
 * @throws Error, to be read after "The parameter NAME".
 */
export async function placeFile(parameter: Parameter, value: File | Dir): Promise<File | Dir> {
  const kind = value.constructor as new (path: string) => File | Dir;
  const remote = /^[a-z][a-z0-9+.-]+:/i.test(value.path) && !value.path.startsWith("file:");
  if (remote && !parameter.download) return value;
  if (remote) throw new Error(`is at ${value.path}, which this target cannot fetch`);
  const source = value.path.startsWith("file:") ? fileURLToPath(value.path) : resolve(value.path);
  await checkSource(source, value instanceof Dir);
  if (parameter.mount === undefined) return new kind(source);
  const target = resolve(mountedAt(parameter.mount, source, value instanceof Dir));
  await copy(source, target, parameter.ignorePatterns);
  return new kind(target);
}

async function checkSource(source: string, isDir: boolean): Promise<void> {
  const found = await stat(source).catch(() => undefined);
  if (found === undefined) throw new Error(`names ${source}, which is not there`);
  if (found.isDirectory() !== isDir) throw new Error(`names ${source}, which is ${isDir ? "no" : "a"} directory`);
}

function mountedAt(mount: string, source: string, isDir: boolean): string {
  return mount.endsWith("/") && !isDir ? join(mount, basename(source)) : mount;
}

async function copy(source: string, target: string, ignored: readonly string[]): Promise<void> {
  const patterns = ignored.map(toRegExp);
  try {
    await mkdir(dirname(target), { recursive: true });
    await cp(source, target, {
      recursive: true,
      filter: (file) => file === source || !patterns.some((pattern) => pattern.test(basename(file))),
    });
  } catch (error) {
    throw new Error(`cannot be put at ${target}: ${(error as Error).message}`, { cause: error });
  }
}

/** A glob over one name: `*` and `?`. */
function toRegExp(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
}
