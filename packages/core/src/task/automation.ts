import { invalidOption } from "../errors/invalid-option.ts";
import { durationMs, type Duration } from "../values/duration.ts";
import type { Cron, FixedRate } from "./trigger.ts";

const minuteMs = 60_000;

/** Stands in a trigger's `inputs` for the time a run is meant for; that input must be a date. Source: Flyte's `TriggerTime`. */
export const triggerTime: unique symbol = Symbol.for("appenv.trigger-time") as never;

/** How a time table is read. */
export interface CronOptions {
  /** An IANA time zone, for example `Europe/Berlin`. Default `UTC`. */
  readonly timeZone?: string;
}

/**
 * A time table of five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). Also
 * `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. Source: Flyte's `Cron`.
 *
 * @throws AppEnvError INVALID_OPTION naming the field.
 * @example
 * triggers: [{ name: "every-morning", automation: cron("0 7 * * MON-FRI", { timeZone: "Europe/Berlin" }) }]
 */
export function cron(expression: string, { timeZone = "UTC" }: CronOptions = {}): Cron {
  if (typeof expression !== "string" || !isTimeTable(expression.trim())) {
    throw invalidOption("cron", expression, "five fields (minute, hour, day, month, day of the week) or `@daily`");
  }
  if (!isTimeZone(timeZone))
    throw invalidOption("cron.timeZone", timeZone, 'an IANA time zone such as "Europe/Berlin"');
  return Object.freeze({ kind: "cron", expression: expression.trim(), timeZone });
}

/**
 * A steady rate, in whole minutes. Source: Flyte's `FixedRate`.
 *
 * @throws AppEnvError INVALID_DURATION, INVALID_OPTION.
 * @example
 * triggers: [{ name: "often", automation: fixedRate("5m") }]
 */
export function fixedRate(every: Duration, { startTime }: { readonly startTime?: Date } = {}): FixedRate {
  const everyMs = durationMs(every, "fixedRate");
  if (everyMs < minuteMs || everyMs % minuteMs !== 0) {
    throw invalidOption("fixedRate", every, "a whole number of minutes, at least 1");
  }
  if (startTime !== undefined && !(startTime instanceof Date && Number.isFinite(startTime.getTime()))) {
    throw invalidOption("fixedRate.startTime", startTime, "a valid Date");
  }
  return Object.freeze({ kind: "fixed-rate", everyMs, startTime });
}

const months = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
const weekdays = "SUN MON TUE WED THU FRI SAT".split(" ");
const fields: readonly { readonly min: number; readonly max: number; readonly names?: readonly string[] }[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 7, names: weekdays },
];

function isTimeTable(text: string): boolean {
  if (/^@(hourly|daily|midnight|weekly|monthly|yearly|annually)$/.test(text)) return true;
  const parts = text.split(/\s+/);
  return (
    parts.length === fields.length && parts.every((part, index) => part.split(",").every((item) => fits(item, index)))
  );
}

/** One item of a field's list: `*`, `5`, `MON-FRI`, or one of them with a step as in `0-30/10`. */
function fits(item: string, index: number): boolean {
  const [range = "", step, ...more] = item.split("/");
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d{0,2}$/.test(step))) return false;
  if (range === "*") return true;
  const ends = range.split("-").map((end) => numberOf(end, index));
  const [from, to = from] = ends;
  return ends.length <= 2 && from !== undefined && to !== undefined && !ends.includes(undefined) && from <= to;
}

function numberOf(text: string, index: number): number | undefined {
  const field = fields[index];
  if (field === undefined) return undefined;
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const number = named === -1 ? Number(/^\d{1,2}$/.test(text) ? text : Number.NaN) : named + field.min;
  return number >= field.min && number <= field.max ? number : undefined;
}

function isTimeZone(name: unknown): boolean {
  if (typeof name !== "string") return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
