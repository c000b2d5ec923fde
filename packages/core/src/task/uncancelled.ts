import { invalidOption } from "../errors/invalid-option.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";
import { durationMs, type Duration } from "../values/duration.ts";
import { branchAt, currentScope } from "./scope.ts";

/** Options of `uncancelled`. */
export interface UncancelledOptions {
  /** From the cancellation, or from its beginning if that comes later. Default 1 minute, at most 1 hour. */
  readonly timeout?: Duration;
}

/** The argument of the function in `uncancelled`. */
export interface UncancelledScope {
  /** Aborted when its own time is over; the reason is an AppEnvError TIMED_OUT. `ctx.signal` is that of the attempt. */
  readonly signal: AbortSignal;
}

const names: OptionNames<UncancelledOptions> = { timeout: true };

const presetMs = 60_000;
const mostMs = 3_600_000;

/**
 * Runs a function that the cancellation of its action does not reach: after an abort or a time-out too, what it calls runs
 * (tasks, traces, conditions, groups), and the action ends when it has. Made for compensation: to undo what was done before.
 *
 * It is durable like the rest: once it has begun after a cancellation, it is gone through to its end, whatever ends the
 * process or the platform meanwhile, and what has ended in it is not run again. The action ends ABORTED or TIMED_OUT all
 * the same. Outside a run it just runs. Called `CancellationScope.nonCancellable` by Temporal, `shield` by asyncio.
 *
 * @throws AppEnvError INVALID_OPTION, INVALID_DURATION, and what the function throws; calls in it TIMED_OUT once its own
 * time is over.
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
  const limitMs = options.timeout === undefined ? presetMs : durationMs(options.timeout, "timeout of uncancelled");
  if (limitMs <= 0 || limitMs > mostMs) {
    throw invalidOption("timeout of uncancelled", options.timeout, "more than 0 and at most 1 hour");
  }
  const scope = currentScope();
  if (scope === undefined) return run({ signal: new AbortController().signal });
  // Several at once are told apart by which was called first, and not by which began first.
  return branchAt("uncancelled", (own) => (own ?? scope).uncancelled(limitMs, async (signal) => run({ signal })));
}
