import { AppEnvError, isEnvironment, type AppEnvironment } from "@appenv/core";
import { loadEnvironments, type LoadedFile } from "./load-environments.ts";

/** One environment of a file. */
export interface PickedEnvironment {
  readonly environment: AppEnvironment;
  /** The source files it is made of, for watching. */
  readonly files: readonly string[];
}

/**
 * Runs a file and picks one of its app environments, by the name it is exported under or its own. Without a name
 * there must be only one.
 *
 * @throws AppEnvError FILE_NOT_FOUND, LOAD_FAILED, NO_ENVIRONMENT, AMBIGUOUS_ENVIRONMENT, UNSUPPORTED.
 */
export async function pickEnvironment(file: string, name?: string): Promise<PickedEnvironment> {
  const loaded = await loadEnvironments(file);
  return { environment: name === undefined ? onlyOne(loaded) : named(loaded, name), files: loaded.files };
}

function named(loaded: LoadedFile, name: string): AppEnvironment {
  const { environments, file } = loaded;
  const found = environments.get(name) ?? [...environments.values()].find((environment) => environment.name === name);
  if (found === undefined) {
    throw new AppEnvError("NO_ENVIRONMENT", `${file} exports no environment '${name}'; ${listExports(loaded)}.`);
  }
  if (isEnvironment(found, "app")) return found as AppEnvironment;
  throw new AppEnvError("UNSUPPORTED", `'${name}' in ${file} is a task environment, which cannot be served yet.`);
}

function onlyOne(loaded: LoadedFile): AppEnvironment {
  const apps = [...new Set(loaded.environments.values())].filter((environment) => isEnvironment(environment, "app"));
  const [first] = apps;
  if (first === undefined) {
    throw new AppEnvError("NO_ENVIRONMENT", `${loaded.file} exports no app environment; ${listExports(loaded)}.`);
  }
  if (apps.length === 1) return first as AppEnvironment;
  const names = [...loaded.environments].map(([name]) => name).join(", ");
  throw new AppEnvError("AMBIGUOUS_ENVIRONMENT", `${loaded.file} exports several environments: ${names}.`);
}

function listExports({ environments, exports }: LoadedFile): string {
  if (environments.size > 0) return `its environments are ${[...environments.keys()].join(", ")}`;
  return `it exports ${exports.join(", ")}`;
}
