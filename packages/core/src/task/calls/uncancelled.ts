import { invalidOption } from "../../errors/invalid-option.ts";
import { checkOptions, type OptionNames } from "../../errors/known-options.ts";
import { durationMs, type Duration } from "../../values/duration.ts";
import { branchAt, currentRunContext } from "./current-run-context.ts";

/** Options of `uncancelled`. */
export interface UncancelledOptions {
  /** Time limit from the cancellation, or from the scope's beginning if that comes later. Default 1 minute, at most 1 hour. */
  readonly timeout?: Duration;
}

/** The argument of the function in `uncancelled`. */
export interface UncancelledScope {
  /** Aborted when its own time is over; the reason is an AppEnvError TIMED_OUT. `ctx.signal` is that of the attempt. */
  readonly signal: AbortSignal;
}

const names: OptionNames<UncancelledOptions> = { timeout: true };

const defaultMs = 60_000;
const mostMs = 3_600_000;

/**
 * Runs a function that the cancellation of its action does not reach: its calls (tasks, traces, conditions, groups) run
 * after an abort or a time-out too, and the action ends when the function has. Made for compensation: to undo earlier steps.
 *
 * It is durable: once it has begun after a cancellation, it runs to its end, even if the process or the platform ends
 * meanwhile, and calls in it that have ended are not run again. The action ends ABORTED or TIMED_OUT all the same.
 * Outside a run it just runs. Called `CancellationScope.nonCancellable` by Temporal, `shield` by asyncio.
 *
 * @throws AppEnvError INVALID_OPTION, INVALID_DURATION, and the function's own errors; its calls reject with
 * TIMED_OUT once its time is over.
 * @example
 * const payment = await charge(order);
 * try {
 *   await ship(order);
 * } catch (error) {
 *   await uncancelled(() => refund(payment), { timeout: "5m" });
 *   throw error;
 * }
 */
export async function uncancelled<T>(
  run: (scope: UncancelledScope) => T | Promise<T>,
  options: UncancelledOptions = {},
): Promise<T> {
  if (typeof run !== "function") throw invalidOption("uncancelled", run, "given a function");
  checkOptions(options, "uncancelled", names);
  const limitMs = options.timeout === undefined ? defaultMs : durationMs(options.timeout, "timeout of uncancelled");
  if (limitMs <= 0 || limitMs > mostMs) {
    throw invalidOption("timeout of uncancelled", options.timeout, "more than 0 and at most 1 hour");
  }
  const context = currentRunContext();
  if (context === undefined) return run({ signal: new AbortController().signal });
  // Several at once are numbered in the order of their calls, not in the order in which they begin.
  return branchAt("uncancelled", (own) => (own ?? context).uncancelled(limitMs, async (signal) => run({ signal })));
}
