import { invalidOption } from "../errors/invalid-option.ts";
import { currentScope } from "./scope.ts";

/**
 * Runs a function; lists of a run's actions gather under this name what it calls. Outside a run it just runs. Source:
 * Flyte's `group`.
 *
 * @throws AppEnvError INVALID_OPTION.
 */
export function group<T>(name: string, run: () => T): T {
  checkGroup(name);
  const scope = currentScope();
  return scope === undefined ? run() : scope.inGroup(name, run);
}

/** Checks the name of a group. @throws AppEnvError INVALID_OPTION. */
export function checkGroup(name: string): string {
  if (typeof name === "string" && name !== "" && name.length <= 63) return name;
  throw invalidOption("name of a group", name, "a text of at most 63 characters");
}
