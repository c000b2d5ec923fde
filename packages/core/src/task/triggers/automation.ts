import { AppEnvError } from "../../errors/appenv-error.ts";
import { invalidOption } from "../../errors/invalid-option.ts";
import { durationMs, type Duration } from "../../values/duration.ts";
import { readTimeTable } from "./time-table.ts";
import type { Cron, FixedRate } from "./trigger.ts";
import { checkOptions } from "../../errors/known-options.ts";

const minuteMs = 60_000;
const mostMs = 36_525 * 24 * 60 * minuteMs;

/** Stands in a trigger's `inputs` for the time a run is meant for; that input must be a date. Source: Flyte's `TriggerTime`. */
export const triggerTime: unique symbol = Symbol.for("appenv.trigger-time") as never;

/** Options of a time table. */
export interface CronOptions {
  /** An IANA time zone, for example `Europe/Berlin`. Default `UTC`. */
  readonly timeZone?: string;
}

/**
 * A time table of five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). Also
 * `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. Source: Flyte's `Cron`.
 *
 * A time that daylight saving leaves out moves by as much as the clock does. One that comes twice counts once, the first
 * time; twice, if the minute or the hour begins with `*`.
 *
 * @throws AppEnvError INVALID_OPTION naming the field, its value and the values that it takes.
 * @example
 * triggers: [{ name: "every-morning", automation: cron("0 7 * * MON-FRI", { timeZone: "Europe/Berlin" }) }]
 */
export function cron(expression: string, options: CronOptions = {}): Cron {
  checkOptions(options, "cron", { timeZone: true });
  const { timeZone = "UTC" } = options;
  const table = readTimeTable(expression);
  if (!isTimeZone(timeZone))
    throw invalidOption("cron.timeZone", timeZone, 'an IANA time zone such as "Europe/Berlin"');
  return Object.freeze({ kind: "cron", expression: table, timeZone });
}

/**
 * A steady rate, in whole minutes. Source: Flyte's `FixedRate`.
 *
 * @throws AppEnvError INVALID_DURATION, INVALID_OPTION.
 * @example
 * triggers: [{ name: "often", automation: fixedRate("5m") }]
 */
export function fixedRate(every: Duration, options: { readonly startTime?: Date } = {}): FixedRate {
  checkOptions(options, "fixedRate", { startTime: true });
  const { startTime } = options;
  const everyMs = durationMs(every, "fixedRate");
  if (everyMs < minuteMs || everyMs % minuteMs !== 0 || everyMs > mostMs) {
    throw invalidOption("fixedRate", every, "a whole number of minutes, at least 1 and at most 100 years");
  }
  if (startTime !== undefined && !(startTime instanceof Date && Number.isFinite(startTime.getTime()))) {
    throw invalidOption("fixedRate.startTime", startTime, "a valid Date");
  }
  return Object.freeze({ kind: "fixed-rate", everyMs, startTime });
}

/**
 * Checks an automation, however it was made: `cron` and `fixedRate` say the same of one that comes over the API.
 *
 * @param where - Names its owner in the error.
 * @throws AppEnvError INVALID_OPTION.
 */
export function readAutomation(value: Cron | FixedRate, where: string): Cron | FixedRate {
  try {
    if (value?.kind === "cron") return cron(value.expression, { timeZone: value.timeZone });
    if (value?.kind === "fixed-rate") {
      const { everyMs, startTime } = value;
      return fixedRate(everyMs / 1_000, startTime === undefined ? {} : { startTime });
    }
  } catch (error) {
    if (!AppEnvError.is(error)) throw error;
    throw new AppEnvError("INVALID_OPTION", `The automation of ${where} cannot be: ${error.message}`, { cause: error });
  }
  throw invalidOption(`automation of ${where}`, value, "made by `cron` or `fixedRate`");
}

function isTimeZone(name: unknown): boolean {
  if (typeof name !== "string") return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
