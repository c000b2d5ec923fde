import { Cron } from "croner";
import { FixedRateUnit, type TriggerAutomationSpec } from "@appenv/protocol/tasks";
import { msOf } from "../parts/time.tsx";

const unitMs: Readonly<Record<number, number>> = {
  [FixedRateUnit.MINUTE]: 60_000,
  [FixedRateUnit.HOUR]: 3_600_000,
  [FixedRateUnit.DAY]: 86_400_000,
};

/** The schedule of a trigger, in words. */
export function scheduleWords(spec: TriggerAutomationSpec | undefined): string {
  const expression = scheduleOf(spec)?.expression;
  switch (expression?.case) {
    case "cron":
      return `${expression.value.expression} (${expression.value.timezone || "UTC"})`;
    case "cronExpression":
      return `${expression.value} (UTC)`;
    case "rate": {
      const { value, unit } = expression.value;
      return `every ${value} ${(FixedRateUnit[unit] ?? "").toLowerCase()}${value === 1 ? "" : "s"}`;
    }
    default:
      return "no schedule";
  }
}

/**
 * The next firing of an active trigger, in milliseconds since 1970; undefined if it has none.
 *
 * @param last - When it fired last, or was activated.
 */
export function nextFiring(
  spec: TriggerAutomationSpec | undefined,
  last: number | undefined,
  now: number,
): number | undefined {
  const expression = scheduleOf(spec)?.expression;
  switch (expression?.case) {
    case "cron":
      return nextOfCron(expression.value.expression, expression.value.timezone || "UTC", now);
    case "cronExpression":
      return nextOfCron(expression.value, "UTC", now);
    case "rate": {
      const { value, unit, startTime } = expression.value;
      return nextOfRate(value * (unitMs[unit] ?? 60_000), msOf(startTime), last ?? now, now);
    }
    default:
      return undefined;
  }
}

function scheduleOf(spec: TriggerAutomationSpec | undefined) {
  return spec?.automation.case === "schedule" ? spec.automation.value : undefined;
}

function nextOfCron(expression: string, timezone: string, now: number): number | undefined {
  try {
    return new Cron(expression, { timezone }).nextRun(new Date(now))?.getTime();
  } catch {
    return undefined;
  }
}

function nextOfRate(everyMs: number, startTime: number | undefined, last: number, now: number): number | undefined {
  if (everyMs <= 0) return undefined;
  const start = startTime ?? last;
  if (startTime !== undefined && start > now) return start;
  return start + Math.max(Math.floor((now - start) / everyMs) + 1, 1) * everyMs;
}
