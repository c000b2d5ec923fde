import { invalidOption } from "../../errors/invalid-option.ts";
import { checkOptions, type OptionNames } from "../../errors/known-options.ts";
import { durationMs, type Duration } from "../../values/duration.ts";
import type { TaskInterface } from "../schema/value-type.ts";
import { readCount } from "./read-count.ts";
import { readKey } from "./read-key.ts";
import type { DebounceOptions, DebounceSettings, ThrottleOptions, ThrottleSettings } from "./recurrence-options.ts";

const debounceNames: OptionNames<DebounceOptions> = { delay: true, max: true, key: true };
const throttleNames: OptionNames<ThrottleOptions> = { per: true, limit: true, key: true };

/** Maximum number of runs that a throttle counts. */
const mostRuns = 1_000;
/** 7 days, in milliseconds. */
const longestMs = 7 * 86_400_000;

/** Checks the options. @throws AppEnvError INVALID_OPTION, INVALID_DURATION. */
export function readRecurrence(
  { debounce, throttle }: { readonly debounce?: DebounceOptions; readonly throttle?: ThrottleOptions },
  of: (option: string) => string,
  taken: TaskInterface,
): { readonly debounce?: DebounceSettings; readonly throttle?: ThrottleSettings } {
  if (debounce !== undefined && throttle !== undefined) {
    throw invalidOption(of("throttle"), throttle, "left out of a task with `debounce`");
  }
  return {
    ...(debounce === undefined ? {} : { debounce: readDebounce(debounce, of("debounce"), taken) }),
    ...(throttle === undefined ? {} : { throttle: readThrottle(throttle, of("throttle"), taken) }),
  };
}

function readDebounce(value: DebounceOptions, option: string, taken: TaskInterface): DebounceSettings {
  if (typeof value !== "object" || value === null) throw invalidOption(option, value, "an object");
  checkOptions(value, option, debounceNames);
  const delayMs = readSpan(value.delay, `${option}.delay`);
  const maxMs = value.max === undefined ? delayMs * 10 : readSpan(value.max, `${option}.max`);
  if (maxMs < delayMs) throw invalidOption(`${option}.max`, value.max, "at least as long as `delay`");
  return Object.freeze({ delayMs, maxMs, key: readKey(value.key, `${option}.key`, taken) });
}

function readThrottle(value: ThrottleOptions, option: string, taken: TaskInterface): ThrottleSettings {
  if (typeof value !== "object" || value === null) throw invalidOption(option, value, "an object");
  checkOptions(value, option, throttleNames);
  const limit = readCount(value.limit, `${option}.limit`, { least: 1, most: mostRuns }) ?? 1;
  return Object.freeze({
    perMs: readSpan(value.per, `${option}.per`),
    limit,
    key: readKey(value.key, `${option}.key`, taken),
  });
}

function readSpan(value: Duration, option: string): number {
  const ms = durationMs(value, option);
  if (ms >= 1 && ms <= longestMs) return ms;
  throw invalidOption(option, value, "from 1 ms to 7 days");
}
