import type { Queue } from "@appenv/protocol/tasks";

const units = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;

function spanWords(ms: number): string {
  const [size, unit] = units.find(([each]) => ms % each === 0) ?? [1, "ms"];
  return `${ms / size} ${unit}`;
}

/** The limits of a queue in words. */
export function limitsOf({ concurrency, rate, key }: Queue): string {
  const limits = [
    concurrency === undefined ? "" : `${concurrency} at once`,
    rate === undefined ? "" : `${rate.limit} in ${spanWords(Number(rate.perMs))}`,
  ].filter((part) => part !== "");
  if (limits.length === 0) return "none";
  return `${limits.join(", ")}${key === "" ? "" : ` for each ${key}`}`;
}

/** A key in words: actions without one share the empty one. */
export function keyWords(key: string): string {
  return key === "" ? "(none)" : key;
}

/** Milliseconds of a message, as a number. */
export function msOf(ms: bigint | undefined): number | undefined {
  return ms === undefined ? undefined : Number(ms);
}
