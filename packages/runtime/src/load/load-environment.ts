import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AppEnvError, type AppEnvironment } from "@appenv/core";
import { findEnvironment, type ModuleExports } from "./find-environment.ts";

/**
 * Imports a file and finds its app environment.
 *
 * @throws AppEnvError FILE_NOT_FOUND, LOAD_FAILED with the file's own error as cause, NO_ENVIRONMENT, AMBIGUOUS_ENVIRONMENT.
 */
export async function loadEnvironment(file: string, name: string | undefined): Promise<AppEnvironment> {
  const path = resolve(file);
  if (!existsSync(path)) throw new AppEnvError("FILE_NOT_FOUND", `There is no file ${path}.`);
  return findEnvironment(await importFile(path), name, file);
}

async function importFile(path: string): Promise<ModuleExports> {
  try {
    return (await import(pathToFileURL(path).href)) as ModuleExports;
  } catch (error) {
    throw AppEnvError.from(error, "LOAD_FAILED", `${path} could not be loaded`);
  }
}
