import { join } from "node:path";
import { AppEnvError, type AppEnvironment, type Environment, isEnvironment, plan } from "@appenv/core";
import { didYouMean } from "@appenv/core/internal";
import { listFiles, listLoadable } from "../bundle/project-files.ts";
import { type LoadedFile, loadEnvironments } from "./load-environments.ts";
import { isCommand, keptBundle, workdirOf } from "./source.ts";

/** One environment of a file. */
export interface PickedEnvironment<Kind extends Environment = AppEnvironment> {
  readonly environment: Kind;
  /** The source files it is made of, for watching. */
  readonly files: readonly string[];
  /** The files of its project that it may run or load, for watching, as they are now; unset: it runs only its sources. */
  readonly others?: () => Promise<readonly string[]>;
}

/**
 * Runs a file and picks one of its app environments, by the name it is exported under or its own. Without a name
 * there must be only one.
 *
 * @throws AppEnvError FILE_NOT_FOUND, LOAD_FAILED, NO_ENVIRONMENT, AMBIGUOUS_ENVIRONMENT, UNSUPPORTED.
 */
export async function pickEnvironment(file: string, name?: string): Promise<PickedEnvironment> {
  const loaded = await loadEnvironments(file);
  if (name === undefined) {
    const apps = environmentsOf(loaded).filter((environment) => isEnvironment(environment, "app"));
    return picked(onlyOne(loaded, apps as AppEnvironment[], "app environment"), loaded);
  }
  const found = named(loaded, name);
  if (isEnvironment(found, "app")) return picked(found as AppEnvironment, loaded);
  throw new AppEnvError("UNSUPPORTED", `'${name}' in ${loaded.file} is a task environment, which serves nothing.`, {
    fix: "Run one of its tasks with `appenv run FILE TASK`, or register them with `appenv deploy FILE`.",
  });
}

function picked(environment: AppEnvironment, { files }: LoadedFile): PickedEnvironment {
  const folder = workdirOf(environment);
  const list = async (from: typeof listFiles): Promise<readonly string[]> =>
    (await from(folder)).map((file) => join(folder, file));
  if (plan([environment]).some((each) => isCommand(each))) return { environment, files, others: () => list(listFiles) };
  if (keptBundle(environment)?.loadsFiles !== true) return { environment, files };
  return { environment, files, others: () => list(listLoadable) };
}

/** As `pickEnvironment`, for an environment of apps or tasks. */
export async function pickAnyEnvironment(file: string, name?: string): Promise<PickedEnvironment<Environment>> {
  const loaded = await loadEnvironments(file);
  const environment = name === undefined ? onlyOne(loaded, environmentsOf(loaded), "environment") : named(loaded, name);
  return { environment, files: loaded.files };
}

/** The exported ones, and those of exported tasks. */
function environmentsOf({ environments, tasks }: LoadedFile): Environment[] {
  return [...new Set([...environments.values(), ...[...tasks.values()].map(({ environment }) => environment)])];
}

function named(loaded: LoadedFile, name: string): Environment {
  const found =
    loaded.environments.get(name) ?? environmentsOf(loaded).find((environment) => environment.name === name);
  if (found !== undefined) return found;
  const names = [...loaded.environments.keys(), ...environmentsOf(loaded).map((environment) => environment.name)];
  const message = `${loaded.file} exports no environment '${name}'; ${listExports(loaded)}.${didYouMean(name, names)}`;
  throw new AppEnvError("NO_ENVIRONMENT", message);
}

function onlyOne<Kind extends Environment>(loaded: LoadedFile, found: readonly Kind[], what: string): Kind {
  const [first] = found;
  if (first === undefined) {
    throw new AppEnvError("NO_ENVIRONMENT", `${loaded.file} exports no ${what}; ${listExports(loaded)}.`);
  }
  if (found.length === 1) return first;
  const exported = [...loaded.environments].map(([name]) => name);
  const names = exported.length > 0 ? exported : found.map(({ name }) => name);
  throw new AppEnvError("AMBIGUOUS_ENVIRONMENT", `${loaded.file} exports several environments: ${names.join(", ")}.`);
}

function listExports({ environments, exports }: LoadedFile): string {
  if (environments.size > 0) return `its environments are ${[...environments.keys()].join(", ")}`;
  return `it exports ${exports.join(", ")}`;
}
