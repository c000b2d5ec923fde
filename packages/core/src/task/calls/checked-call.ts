import { checkOptions } from "../../errors/known-options.ts";
import { checkKey } from "./call-key.ts";
import { callOptionNames, type CallOptions } from "./call-options.ts";
import { currentRunContext } from "./current-run-context.ts";
import { checkGroup } from "./group.ts";
import type { RunContext } from "./run-context.ts";

/**
 * Makes a call of a task: through the context of the run, or as it is made outside a run.
 *
 * @param task - `environment.task`, for messages.
 * @throws AppEnvError INVALID_OPTION.
 */
export function checkedCall(
  task: string,
  options: CallOptions,
  inRun: (context: RunContext) => Promise<unknown>,
  outside: () => Promise<unknown>,
): Promise<unknown> {
  checkOptions(options, `a call of '${task}'`, callOptionNames);
  const context = currentRunContext();
  if (context === undefined) return outside();
  const called = (async () => {
    if (options.group !== undefined) checkGroup(options.group);
    checkKey(`key of a call of '${task}'`, options.key);
    return inRun(context);
  })();
  // Several may be started first and awaited in turn: that one fails before its turn is no uncaught error. It is seen
  // as a failed action in any case.
  called.catch(() => {});
  return called;
}
