import { AppEnvError } from "@appenv/core";
import { type TaskInterface } from "@appenv/core/internal";
import { isRequired } from "./is-required.ts";
import type { RunFlags } from "./request.ts";

/**
 * Refuses to start a run without an input whose name on the command line was taken for an option of the command itself.
 *
 * @throws AppEnvError INVALID_ARGUMENT saying how the input is given.
 */
export function refuseTakenForOption(
  task: { readonly name: string; readonly interface: TaskInterface },
  inputs: Readonly<Record<string, unknown>>,
  flags: RunFlags,
): void {
  const missing = task.interface.inputs.find(
    (input) => isRequired(input) && !Object.hasOwn(inputs, input.name) && Object.hasOwn(flags, input.name),
  );
  if (missing === undefined) return;
  const { name } = missing;
  const given = flags[name as keyof RunFlags];
  const message = `\`--${name}\` is an option of the command itself, so the input '${name}' of '${task.name}' is missing.`;
  const value = typeof given === "string" || typeof given === "number" ? String(given) : "VALUE";
  throw new AppEnvError("INVALID_ARGUMENT", message, { fix: `Give the input as \`--input ${name}=${value}\`.` });
}
