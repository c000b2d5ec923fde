import { dirname } from "node:path";
import { isEnvironment, type AppEnvironment, type Environment } from "@appenv/core";
import { projectRoot } from "../control-plane/local-platform.ts";
import { keptBundle } from "./kept-bundles.ts";

/** A replica runs where the project's package.json is, from wherever it is served. */
export function workdirOf(environment: Environment): string {
  const file = sourceOf(environment);
  if (file === undefined) return process.cwd();
  return projectRoot(dirname(file)) ?? dirname(file);
}

/** Whether an environment runs a command: then its code lies in files, and not in the bundle. */
export function isCommand(environment: Environment): boolean {
  return isEnvironment(environment, "app") && (environment as AppEnvironment).command.length > 0;
}

/** The file that exports it: the one it was loaded from, else the one that constructed it. */
export function sourceOf(environment: Environment): string | undefined {
  return keptBundle(environment)?.source ?? environment.declaredIn;
}
