import type { TriggerOptions } from "@appenv/core";
import { Cron } from "croner";
import { zoneClock, type ZoneClock } from "./zone-clock.ts";

type CronAutomation = Extract<TriggerOptions["automation"], { kind: "cron" }>;

/**
 * The times of a cron. croner reads the table, as one of UTC; daylight saving is ours: every time of the table that a zone
 * leaves out has its own moment, of which croner would keep one or none.
 */
interface CronTimes {
  readonly table: Cron;
  readonly clock: ZoneClock;
  /** True if a time that comes twice counts twice, as in cron(8): if it follows the hours or the minutes that pass. */
  readonly twice: boolean;
  /** By how much the clock is ahead of UTC near a moment, at least. */
  readonly lowest: (moment: number) => number;
  /** The same, at most. */
  readonly highest: (moment: number) => number;
}

const minuteMs = 60_000;
/** Farther away, a change of the clock does not bring two times out of their order: none is of more than two hours. */
const nearMs = 3 * 3_600_000;

/** The first time after `after`, in milliseconds since 1970; undefined if there is none. */
export function cronAfter(automation: CronAutomation, after: number): number | undefined {
  const times = read(automation);
  let best = Number.POSITIVE_INFINITY;
  let time = times.table.nextRun(new Date(after + times.lowest(after)));
  while (time !== null) {
    const moments = momentsOf(time.getTime(), times);
    best = Math.min(best, ...moments.filter((moment) => moment > after));
    // No later entry of the table fires earlier than this.
    if (time.getTime() + minuteMs - times.highest(moments[0] ?? 0) >= best) break;
    time = times.table.nextRun(time);
  }
  return Number.isFinite(best) ? best : undefined;
}

/** The last time until `until`, in milliseconds since 1970; undefined if there is none. */
export function cronUntil(automation: CronAutomation, until: number): number | undefined {
  const times = read(automation);
  let best = Number.NEGATIVE_INFINITY;
  let [time] = times.table.previousRuns(1, new Date(until + times.highest(until) + 1));
  while (time !== undefined) {
    const moments = momentsOf(time.getTime(), times);
    best = Math.max(best, ...moments.filter((moment) => moment <= until));
    if (time.getTime() - minuteMs - times.lowest(moments[0] ?? 0) <= best) break;
    [time] = times.table.previousRuns(1, time);
  }
  return Number.isFinite(best) ? best : undefined;
}

function momentsOf(time: number, { clock, twice }: CronTimes): readonly number[] {
  const moments = clock.momentsOf(time);
  return twice ? moments : moments.slice(0, 1);
}

function read({ expression, timeZone }: CronAutomation): CronTimes {
  const clock = zoneClock(timeZone);
  return {
    table: new Cron(expression, { timezone: "UTC", mode: "5-part", paused: true }),
    clock,
    lowest: (moment) => Math.min(...clock.offsetsAround(moment, nearMs)),
    highest: (moment) => Math.max(...clock.offsetsAround(moment, nearMs)),
    twice: expression === "@hourly" || expression.split(/\s+/, 2).some((field) => field.startsWith("*")),
  };
}
