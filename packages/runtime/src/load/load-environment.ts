import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AppEnvError, type AppEnvironment, type TaskEnvironment } from "@appenv/core";
import { loadFailure } from "./load-failure.ts";
import { findEnvironment, findTaskEnvironment, type ModuleExports } from "./find-environment.ts";

/**
 * Imports a file and finds its app environment.
 *
 * @param called - What the file is called in errors: a bundle's own name says nothing to its owner.
 * @throws AppEnvError FILE_NOT_FOUND, LOAD_FAILED with the file's own error as cause, NO_ENVIRONMENT, AMBIGUOUS_ENVIRONMENT.
 */
export async function loadEnvironment(
  file: string,
  name: string | undefined,
  called: string = file,
): Promise<AppEnvironment> {
  return findEnvironment(await importFile(file, called), name, called);
}

/**
 * Imports a file and finds one of its task environments, also one that it does not export.
 *
 * @throws AppEnvError FILE_NOT_FOUND, LOAD_FAILED with the file's own error as cause, NO_ENVIRONMENT.
 */
export async function loadTaskEnvironment(file: string, name: string, called: string = file): Promise<TaskEnvironment> {
  return findTaskEnvironment(await importFile(file, called), name, called);
}

async function importFile(file: string, called: string): Promise<ModuleExports> {
  const path = resolve(file);
  if (!existsSync(path)) throw new AppEnvError("FILE_NOT_FOUND", `There is no file ${path}.`);
  try {
    return (await import(pathToFileURL(path).href)) as ModuleExports;
  } catch (error) {
    throw loadFailure(error, called);
  }
}
