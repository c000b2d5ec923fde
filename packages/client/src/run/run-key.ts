import { type RunOptions } from "@appenv/core";
import { currentRunContext } from "@appenv/core/internal";

/**
 * Options of a run that is started inside another one: all attempts of the code that starts it make one run.
 *
 * @param what - The name of the task or other thing that is started, in full.
 * @param inputs - `task.Inputs`.
 */
export function onceInRun<Options extends Pick<RunOptions, "idempotencyKey">>(
  options: Options,
  what: string,
  inputs: Uint8Array,
): Options {
  const key = options.idempotencyKey ?? currentRunContext()?.runKey(what, inputs);
  return key === undefined ? options : { ...options, idempotencyKey: key };
}
