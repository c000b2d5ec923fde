import { existsSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AppEnvError, type Environment, isEnvironment, type TaskFunction } from "@appenv/core";
import { fixOf, isTask, placeOf } from "@appenv/core/internal";
import { bundle, type Bundle } from "../bundle/bundle.ts";
import { keepBundle } from "./source.ts";
import { watchLoad } from "./watch-load.ts";

/** A file's exports. */
export interface LoadedFile {
  /** The file's absolute path. */
  readonly file: string;
  /** Its environments by the names they are exported under. */
  readonly environments: ReadonlyMap<string, Environment>;
  /** Its tasks by the names they are exported under. */
  readonly tasks: ReadonlyMap<string, TaskFunction>;
  /** Every name it exports. */
  readonly exports: readonly string[];
  /** The source files it is made of, for watching. */
  readonly files: readonly string[];
}

/**
 * Runs a file and gives the environments it exports. What runs is the bundle a replica would run: so any TypeScript
 * works that works in a replica, a changed file can be loaded again, and the bundle is there when it is served.
 *
 * @throws AppEnvError FILE_NOT_FOUND, LOAD_FAILED with the error's place in the source.
 */
export async function loadEnvironments(file: string): Promise<LoadedFile> {
  const path = resolve(file);
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new AppEnvError("FILE_NOT_FOUND", `There is no file ${path}.`);
  }
  const made = await bundle(path);
  const module = await run(made, path);
  const environments = new Map<string, Environment>();
  const tasks = new Map<string, TaskFunction>();
  const exported = exportsOf(module);
  for (const [name, value] of Object.entries(exported)) {
    if (isEnvironment(value)) environments.set(name, value);
    else if (isTask(value)) tasks.set(name, value);
  }
  const loaded = [...environments.values(), ...[...tasks.values()].map(({ environment }) => environment)];
  for (const environment of loaded) keepBundle(environment, made);
  return { file: path, environments, tasks, exports: Object.keys(exported), files: made.files };
}

/** The exports of a module; those of CommonJS are the members of its default export. */
function exportsOf(module: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { default: whole, ...named } = module;
  if (typeof whole !== "object" || whole === null || Object.keys(named).length > 0 || isEnvironment(whole))
    return module;
  return { ...(whole as Readonly<Record<string, unknown>>) };
}

/** Imports a bundle from a directory of its own, which is removed at once. */
async function run({ code, source }: Bundle, path: string): Promise<Record<string, unknown>> {
  // Stack traces, and so the file an environment says it was declared in, name the source.
  process.setSourceMapsEnabled(true);
  const folder = await mkdtemp(join(tmpdir(), "appenv-load-"));
  try {
    const file = join(folder, `${basename(source)}.mjs`);
    await writeFile(file, code);
    return await watchLoad(path, folder, () => import(pathToFileURL(file).href) as Promise<Record<string, unknown>>);
  } catch (error) {
    throw loadError(path, error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The error of a file that threw while it was run: what was thrown, and where in the user's own code. */
export function loadError(file: string, error: unknown): AppEnvError {
  if (AppEnvError.is(error)) return error;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const fix = fixOf(error);
  return new AppEnvError("LOAD_FAILED", `${placeOf(error) ?? file}: ${what}`, {
    cause: error,
    ...(fix === undefined ? {} : { fix }),
  });
}
