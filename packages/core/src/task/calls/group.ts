import { invalidOption } from "../../errors/invalid-option.ts";
import { currentRunContext } from "./current-run-context.ts";

/**
 * Runs a function; lists of a run's actions gather under this name what it calls. Outside a run it just runs. Source:
 * Flyte's `group`.
 *
 * @throws AppEnvError INVALID_OPTION.
 */
export function group<T>(name: string, run: () => T): T {
  checkGroup(name);
  const context = currentRunContext();
  return context === undefined ? run() : context.inGroup(name, run);
}

/** Checks the name of a group. @throws AppEnvError INVALID_OPTION. */
export function checkGroup(name: string): string {
  if (typeof name === "string" && name !== "" && name.length <= 63) return name;
  throw invalidOption("name of a group", name, "a text of at most 63 characters");
}
