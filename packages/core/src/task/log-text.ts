import { util } from "../node-util.ts";

/** The level of a log line. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** A line of a log, or several: texts as they are, errors with their stack, anything else as JSON. Never throws. */
export function logText(level: LogLevel, values: readonly unknown[]): string {
  const text = values.map(valueText).join(" ");
  return level === "info" ? text : `${level}: ${text}`;
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    if (value instanceof Error) return util.inspect(value);
    return JSON.stringify(value) ?? util.inspect(value);
  } catch {
    return inspectSafely(value);
  }
}

/** Text of a value that JSON cannot write: circles, bigints, objects that throw when they are read. */
function inspectSafely(value: unknown): string {
  try {
    return util.inspect(value, { customInspect: false, compact: 100, breakLength: Infinity });
  } catch {
    return "(a value that cannot be shown)";
  }
}
