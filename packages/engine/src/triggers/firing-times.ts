import { AppEnvError, type TriggerOptions } from "@appenv/core";
import { cronAfter, cronUntil } from "./cron-times.ts";

type Automation = TriggerOptions["automation"];
type CronAutomation = Extract<Automation, { kind: "cron" }>;

/**
 * The next firing of a trigger, after a time and not at it; undefined if there is none.
 *
 * Each time that a change to daylight saving leaves out moves by as much as the clock does; where another time of the table
 * is there already, the two are one. One that comes twice counts once, the first time; twice, if the minute or the hour of
 * the table begins with `*`.
 *
 * @param anchor - What a fixed rate without a start is counted from: when it was activated, or fired last.
 * @throws AppEnvError INVALID_OPTION for a time table or time zone that cannot be read.
 */
export function nextFiring(automation: Automation, after: Date, anchor: Date): Date | undefined {
  if (automation.kind === "cron") return reading(automation, () => cronAfter(automation, after.getTime()));
  const start = (automation.startTime ?? anchor).getTime();
  if (automation.startTime !== undefined && start > after.getTime()) return new Date(start);
  const steps = Math.max(Math.floor((after.getTime() - start) / automation.everyMs) + 1, 1);
  return new Date(start + steps * automation.everyMs);
}

/** Of the times from `due` until now the last one: what was missed while nothing ran counts once. */
export function latestMissed(automation: Automation, due: Date, now: Date): Date {
  if (automation.kind === "fixed-rate") {
    const steps = Math.floor((now.getTime() - due.getTime()) / automation.everyMs);
    return new Date(due.getTime() + Math.max(steps, 0) * automation.everyMs);
  }
  const latest = reading(automation, () => cronUntil(automation, now.getTime()));
  return latest !== undefined && latest > due ? latest : due;
}

function reading(automation: CronAutomation, find: () => number | undefined): Date | undefined {
  try {
    const found = find();
    return found === undefined ? undefined : new Date(found);
  } catch (error) {
    throw unreadable(automation, error);
  }
}

/** `cron` of core refuses all of these; a newer platform may have stored more. */
function unreadable({ expression, timeZone }: CronAutomation, error: unknown): AppEnvError {
  const why = error instanceof Error ? error.message.replace(/^Cron\w+: /, "").slice(0, 200) : "?";
  return new AppEnvError("INVALID_OPTION", `The time table '${expression}' (${timeZone}) cannot be read: ${why}`, {
    fix: 'Write five fields, for example "0 9 * * 1-5", and an IANA time zone such as "Europe/Berlin".',
    cause: error,
  });
}
