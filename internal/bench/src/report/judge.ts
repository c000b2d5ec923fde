import type { Reach, Row } from "../row.ts";

/** The comparison of a median with its goal. */
export type Judgement = "reached" | "falls short" | "for information";

/** Judges a median. */
export function judge(reach: Reach | undefined, median: number): Judgement {
  if (reach === undefined) return "for information";
  return isReached(reach, median) ? "reached" : "falls short";
}

function isReached(reach: Reach, median: number): boolean {
  if ("atLeast" in reach) return median >= reach.atLeast;
  if ("moreThan" in reach) return median > reach.moreThan;
  return median <= reach.atMost;
}

/** The goal of a row, for people. */
export function describeReach(reach: Row["reach"], unit: string): string {
  if (reach === undefined) return "";
  const suffix = unit === "" ? "" : ` ${unit}`;
  if ("atLeast" in reach) return `≥ ${reach.atLeast}${suffix}`;
  if ("moreThan" in reach) return `> ${reach.moreThan}${suffix}`;
  return `≤ ${reach.atMost}${suffix}`;
}
