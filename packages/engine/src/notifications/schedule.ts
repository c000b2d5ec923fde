const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Waits after failed attempts: together nearly a day. */
const waits = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  8 * hour,
  8 * hour,
];

/** Maximum time that a receiver can put the next attempt off, in milliseconds. */
const longestAsked = hour;

/** Part of each wait by which it is longer at most, so that what failed together does not come back together. */
const spread = 0.1;

/**
 * The wait before the next attempt, in milliseconds; undefined after the last one.
 *
 * @param failures - The number of failed attempts, 1 or more.
 * @param askedMs - The time that the receiver asks for.
 * @param random - From 0 up to 1.
 */
export function waitAfter(failures: number, askedMs: number, random: number): number | undefined {
  const wait = waits[failures - 1];
  if (wait === undefined) return undefined;
  return Math.max(Math.round(wait * (1 + spread * random)), Math.min(askedMs, longestAsked));
}
