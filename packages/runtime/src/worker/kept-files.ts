import { randomUUID, createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { access, mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AppEnvError, FlyteDir, FlyteFile } from "@appenv/core";

type Place = FlyteFile | FlyteDir;

/** Deeper values are refused anyway when they are written. */
const mostDepth = 400;

/**
 * Files and directories that tasks give to one another. Each is copied to a place named after its content, so that it
 * outlives the task's own directory, and is the same value whenever it has the same content.
 */
export class KeptFiles {
  readonly #objects: string;

  /** @param objects - The directory they are kept in. */
  constructor(objects: string) {
    this.#objects = resolve(objects);
  }

  /**
   * A value with its local files replaced by those that are kept, as `file:` URIs. Others, such as `s3:`, stay.
   *
   * @throws AppEnvError of this code if a file is not there.
   */
  async keep(value: unknown, code: "INVALID_INPUT" | "INVALID_OUTPUT"): Promise<unknown> {
    const places = new Set<Place>();
    replacePlaces(value, (place) => {
      places.add(place);
      return place;
    });
    if (places.size === 0) return value;
    const kept = new Map<Place, Place>();
    for (const place of places) kept.set(place, await this.#keepPlace(place, code));
    return replacePlaces(value, (place) => kept.get(place) ?? place);
  }

  async #keepPlace(place: Place, code: "INVALID_INPUT" | "INVALID_OUTPUT"): Promise<Place> {
    const path = localPath(place.path);
    if (path === undefined) return place;
    const isKept = !relative(this.#objects, path).startsWith("..");
    const kind = place.constructor as new (path: string) => Place;
    if (isKept) return new kind(pathToFileURL(path).href);
    try {
      const kept = place instanceof FlyteDir ? await this.#keepDir(path) : await this.#keepFile(path);
      return new kind(pathToFileURL(kept).href);
    } catch (error) {
      const what = place instanceof FlyteDir ? "directory" : "file";
      throw new AppEnvError(code, `The ${what} ${path} cannot be given on: ${(error as Error).message}.`, {
        cause: error,
      });
    }
  }

  async #keepFile(path: string): Promise<string> {
    const found = await stat(path);
    if (!found.isFile()) throw new Error("it is no file");
    const draft = await this.#draft();
    const hash = await copyFile(path, draft);
    return this.#place(draft, "files", hash, basename(path));
  }

  async #keepDir(path: string): Promise<string> {
    const draft = await this.#draft();
    const hash = createHash("sha256");
    await mkdir(draft);
    for (const file of await filesBelow(path)) {
      const target = join(draft, file);
      await mkdir(dirname(target), { recursive: true });
      hash.update(`${file.split(sep).join("/")}\0${await copyFile(join(path, file), target)}\n`);
    }
    return this.#place(draft, "dirs", hash.digest("hex"), basename(path));
  }

  async #draft(): Promise<string> {
    const drafts = join(this.#objects, "drafts");
    await mkdir(drafts, { recursive: true });
    return join(drafts, randomUUID());
  }

  /** The name is kept, since its end tells what is inside. */
  async #place(draft: string, kind: "files" | "dirs", hash: string, name: string): Promise<string> {
    const folder = join(this.#objects, kind, hash.slice(0, 2), hash);
    const target = join(folder, name);
    await mkdir(folder, { recursive: true });
    // The platform removes what nothing names, but nothing that was used a short time ago.
    const now = new Date();
    const isThere = await utimes(target, now, now).then(
      () => true,
      () => false,
    );
    // Somebody else may place the same at the same time; then theirs is as good.
    if (
      isThere ||
      !(await rename(draft, target).then(
        () => true,
        () => access(target).then(() => false),
      ))
    ) {
      await rm(draft, { recursive: true, force: true });
    }
    return target;
  }
}

/** A value with `file:` URIs of files and directories made plain paths, as code wants to open them. */
export function withLocalPaths(value: unknown): unknown {
  return replacePlaces(value, (place) => {
    if (!place.path.startsWith("file:")) return place;
    return new (place.constructor as new (path: string) => Place)(fileURLToPath(place.path));
  });
}

/** The same value if nothing is replaced. */
function replacePlaces(value: unknown, replace: (place: Place) => Place, depth = 0): unknown {
  if (typeof value !== "object" || value === null || depth > mostDepth) return value;
  if (value instanceof FlyteFile || value instanceof FlyteDir) return replace(value);
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => replacePlaces(item, replace, depth + 1));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, replacePlaces(item, replace, depth + 1)] as const);
  return entries.some(([key, item]) => item !== value[key as never]) ? Object.fromEntries(entries) : value;
}

/** Undefined for what is not on this machine. */
function localPath(path: string): string | undefined {
  if (path.startsWith("file:")) return fileURLToPath(path);
  return /^[a-z][a-z0-9+.-]+:/i.test(path) ? undefined : resolve(path);
}

/** Copies and hashes in one go, so that what is kept is what was hashed; on disk when it resolves. */
async function copyFile(source: string, target: string): Promise<string> {
  const hash = createHash("sha256");
  const hashed = async function* (chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(createReadStream(source), hashed, createWriteStream(target, { flush: true }));
  return hash.digest("hex");
}

/** Paths of all files, from the directory, in one order. */
async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)));
  return paths.toSorted();
}
