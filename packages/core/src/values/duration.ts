import { AppEnvError } from "../errors/appenv-error.ts";
import { show } from "../errors/invalid-option.ts";

/**
 * A length of time: a number of seconds, or `"500ms"`, `"30s"`, `"5m"`, `"1h"`, `"2d"`, `"1w"`, also joined: `"1h30m"`, or in
 * words: `"3 days"`, `"1 hour 30 minutes"`.
 */
export type Duration = number | string;

const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A number with a unit. What is longer comes first: `m` begins `ms`. */
const part = String.raw`(\d+(?:\.\d+)?)(?:(ms|s|m|h|d|w)| (millisecond|second|minute|hour|day|week)s?)`;
const whole = new RegExp(`^${part}(?: ?${part})*$`);
const letters: Record<string, string> = { millisecond: "ms" };

/**
 * Reads a duration, in milliseconds.
 *
 * @param option - The option's name, for the error.
 * @throws AppEnvError INVALID_DURATION on anything that is no duration, is negative or is not finite.
 */
export function durationMs(value: Duration, option: string): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return Math.round(value * 1_000);
  const ms = typeof value === "string" ? parse(value) : undefined;
  if (ms !== undefined) return ms;
  throw new AppEnvError(
    "INVALID_DURATION",
    `${option} is ${show(value)}, but must be a number of seconds or a string such as "500ms", "30s", "5m" or "1h".`,
  );
}

function parse(text: string): number | undefined {
  if (!whole.test(text)) return undefined;
  let total = 0;
  for (const [, number, short, word = ""] of text.matchAll(new RegExp(part, "g"))) {
    total += Number(number) * (unitMs[short ?? letters[word] ?? word.charAt(0)] ?? Number.NaN);
  }
  return Math.round(total);
}
