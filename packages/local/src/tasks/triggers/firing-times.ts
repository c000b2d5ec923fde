import { AppEnvError, type TriggerOptions } from "@appenv/core";
import { Cron } from "croner";

type Automation = TriggerOptions["automation"];

/**
 * When a trigger fires next, after a time and not at it; undefined if never again.
 *
 * A time that a change to daylight saving leaves out moves by an hour; one that comes twice counts once if the table
 * names single times, and twice if it names steps such as every half hour.
 *
 * @param anchor - What a fixed rate without a start is counted from: when it was activated, or fired last.
 * @throws AppEnvError INVALID_OPTION for a time table or time zone that cannot be read.
 */
export function nextFiring(automation: Automation, after: Date, anchor: Date): Date | undefined {
  if (automation.kind === "cron") return cronAfter(automation, after);
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
  const [latest] = read(automation).previousRuns(1, new Date(now.getTime() + 1));
  return latest !== undefined && latest > due ? latest : due;
}

function cronAfter(automation: Extract<Automation, { kind: "cron" }>, after: Date): Date | undefined {
  const cron = read(automation);
  try {
    return cron.nextRun(after) ?? undefined;
  } catch (error) {
    throw unreadable(automation, error);
  }
}

function read(automation: Extract<Automation, { kind: "cron" }>): Cron {
  try {
    return new Cron(automation.expression, { timezone: automation.timeZone, mode: "5-part", paused: true });
  } catch (error) {
    throw unreadable(automation, error);
  }
}

function unreadable({ expression, timeZone }: Extract<Automation, { kind: "cron" }>, error: unknown): AppEnvError {
  const why = error instanceof Error ? error.message.replace(/^Cron\w+: /, "").slice(0, 200) : "?";
  return new AppEnvError("INVALID_OPTION", `The time table '${expression}' (${timeZone}) cannot be read: ${why}`, {
    fix: 'Write five fields, for example "0 9 * * 1-5", and an IANA time zone such as "Europe/Berlin".',
    cause: error,
  });
}
