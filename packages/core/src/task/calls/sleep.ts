import { invalidOption } from "../../errors/invalid-option.ts";
import { checkOptions, type OptionNames } from "../../errors/known-options.ts";
import { durationMs, type Duration } from "../../values/duration.ts";
import { waitUntil } from "../../values/wait-until.ts";
import { checkKey } from "./call-key.ts";
import { currentRunContext } from "./current-run-context.ts";
import type { SleepRequest } from "./run-context.ts";

/** Options of `sleep` and `sleepUntil`. */
export interface SleepOptions {
  /**
   * Names the sleep outright, among all that its action calls: then its place in the code does not tell it from others. At
   * most 200 characters.
   */
  readonly key?: string;
}

const names: OptionNames<SleepOptions> = { key: true };

/** The longest sleep, in milliseconds: 100 years. */
const mostMs = 36_525 * 86_400_000;

/**
 * Sleeps for a while. Inside a run it outlives the processes: the time counts from the first call, whatever restarts
 * meanwhile, and a task that sleeps holds no place in a limit. Outside a run it just waits. Source: Flyte's `durable.sleep`.
 *
 * @throws AppEnvError INVALID_DURATION, INVALID_OPTION; ABORTED or TIMED_OUT when the action is cancelled.
 * @example
 * await sendInvoice(order);
 * await sleep("3 days");
 * if (!(await isPaid(order))) await remind(order);
 */
export async function sleep(duration: Duration, options: SleepOptions = {}): Promise<void> {
  checkOptions(options, "sleep", names);
  const ms = durationMs(duration, "sleep");
  if (ms > mostMs) throw invalidOption("sleep", duration, "at most 100 years");
  await rest({ ms }, options);
}

/**
 * Sleeps until a moment; not at all if that is over. As `sleep` in everything else: what counts is the date of the first call.
 *
 * @throws AppEnvError INVALID_OPTION; ABORTED or TIMED_OUT when the action is cancelled.
 * @example
 * await sleepUntil(new Date("2027-01-01T09:00:00Z"));
 */
export async function sleepUntil(date: Date, options: SleepOptions = {}): Promise<void> {
  checkOptions(options, "sleepUntil", names);
  if (!(date instanceof Date) || !Number.isFinite(date.getTime()))
    throw invalidOption("sleepUntil", date, "a valid Date");
  await rest({ until: date.getTime() }, options);
}

async function rest(request: SleepRequest, options: SleepOptions): Promise<void> {
  const key = checkKey("key of a sleep", options.key);
  const context = currentRunContext();
  if (context !== undefined) return context.sleep(request, key);
  await waitUntil("until" in request ? request.until : Date.now() + request.ms);
}
