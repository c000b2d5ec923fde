import { FixedRateUnit, type TriggerAutomationSpec } from "@appenv/protocol/tasks";

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

function scheduleOf(spec: TriggerAutomationSpec | undefined) {
  return spec?.automation.case === "schedule" ? spec.automation.value : undefined;
}
