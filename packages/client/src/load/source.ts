import { dirname } from "node:path";
import { AppEnvError, type AppEnvironment, type Environment, isEnvironment } from "@appenv/core";
import type { Bundle } from "../bundle/bundle.ts";
import { projectRoot } from "../control-plane/local-platform.ts";

const kept = new WeakMap<Environment, Bundle>();

/** Remembers the bundle that an environment was loaded from, so that serving it does not bundle again. */
export function keepBundle(environment: Environment, bundle: Bundle): void {
  kept.set(environment, bundle);
}

/** The bundle an environment was loaded from, if it was. */
export function keptBundle(environment: Environment): Bundle | undefined {
  return kept.get(environment);
}

/** The working directory of a replica: that of the project's package.json, from wherever it is served. */
export function workdirOf(environment: Environment): string {
  const file = sourceOf(environment);
  if (file === undefined) return process.cwd();
  return projectRoot(dirname(file)) ?? dirname(file);
}

/** Tells whether an environment runs a command: then its code lies in files, and not in the bundle. */
export function isCommand(environment: Environment): boolean {
  return isEnvironment(environment, "app") && (environment as AppEnvironment).command.length > 0;
}

/** The file that exports an environment: the one it was loaded from, else the one that constructed it. */
export function sourceOf(environment: Environment): string | undefined {
  return keptBundle(environment)?.source ?? environment.declaredIn;
}

/** As `sourceOf`. @throws AppEnvError LOAD_FAILED if it cannot be told. */
export function requireSource(environment: Environment): string {
  const file = sourceOf(environment);
  if (file !== undefined) return file;
  throw new AppEnvError("LOAD_FAILED", `The file that declares '${environment.name}' cannot be told.`, {
    fix: "Declare the environment in a file of your project and export it from there.",
  });
}
