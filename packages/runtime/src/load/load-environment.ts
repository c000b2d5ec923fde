import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AppEnvError, type AppEnvironment, type TaskEnvironment } from "@appenv/core";
import { loadFailure } from "./load-failure.ts";
import { findEnvironment, findTaskEnvironment, type ModuleExports } from "./find-environment.ts";

/** A file, or a function that imports the code, where it is no file of its own. */
export type CodeSource = string | (() => Promise<ModuleExports>);

/**
 * Imports code and finds its app environment.
 *
 * @param called - What the file is called in errors: a bundle's own name says nothing to its owner.
 * @throws AppEnvError FILE_NOT_FOUND, LOAD_FAILED with the file's own error as cause, NO_ENVIRONMENT, AMBIGUOUS_ENVIRONMENT.
 */
export async function loadEnvironment(
  source: CodeSource,
  name: string | undefined,
  called: string = nameOf(source),
): Promise<AppEnvironment> {
  return findEnvironment(await importCode(source, called), name, called);
}

/**
 * Imports code and finds one of its task environments, also one that it does not export.
 *
 * @throws AppEnvError FILE_NOT_FOUND, LOAD_FAILED with the file's own error as cause, NO_ENVIRONMENT.
 */
export async function loadTaskEnvironment(
  source: CodeSource,
  name: string,
  called: string = nameOf(source),
): Promise<TaskEnvironment> {
  return findTaskEnvironment(await importCode(source, called), name, called);
}

function nameOf(source: CodeSource): string {
  return typeof source === "string" ? source : "The code";
}

async function importCode(source: CodeSource, called: string): Promise<ModuleExports> {
  const load = typeof source === "string" ? importerOf(source) : source;
  try {
    return await load();
  } catch (error) {
    throw loadFailure(error, called);
  }
}

/** @throws AppEnvError FILE_NOT_FOUND. */
function importerOf(file: string): () => Promise<ModuleExports> {
  const path = resolve(file);
  if (!existsSync(path)) throw new AppEnvError("FILE_NOT_FOUND", `There is no file ${path}.`);
  return () => import(pathToFileURL(path).href) as Promise<ModuleExports>;
}
