import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AppEnvError, type AppEnvironment, type TaskEnvironment } from "@appenv/core";
import { findEnvironment, findTaskEnvironment, type ModuleExports } from "./find-environment.ts";

/**
 * Imports a file and finds its app environment.
 *
 * @throws AppEnvError FILE_NOT_FOUND, LOAD_FAILED with the file's own error as cause, NO_ENVIRONMENT, AMBIGUOUS_ENVIRONMENT.
 */
export async function loadEnvironment(file: string, name: string | undefined): Promise<AppEnvironment> {
  return findEnvironment(await importFile(file), name, file);
}

/**
 * Imports a file and finds one of its task environments, also one that it does not export.
 *
 * @throws AppEnvError FILE_NOT_FOUND, LOAD_FAILED with the file's own error as cause, NO_ENVIRONMENT.
 */
export async function loadTaskEnvironment(file: string, name: string): Promise<TaskEnvironment> {
  return findTaskEnvironment(await importFile(file), name, file);
}

async function importFile(file: string): Promise<ModuleExports> {
  const path = resolve(file);
  if (!existsSync(path)) throw new AppEnvError("FILE_NOT_FOUND", `There is no file ${path}.`);
  try {
    return (await import(pathToFileURL(path).href)) as ModuleExports;
  } catch (error) {
    throw AppEnvError.from(error, "LOAD_FAILED", `${path} could not be loaded`);
  }
}
