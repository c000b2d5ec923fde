import type { Reach, Row } from "../row.ts";

/** How a median stands to what it has to reach. */
export type Verdict = "reached" | "falls short" | "for information";

/** Judges a median. */
export function judge(reach: Reach | undefined, median: number): Verdict {
  if (reach === undefined) return "for information";
  return isReached(reach, median) ? "reached" : "falls short";
}

function isReached(reach: Reach, median: number): boolean {
  if ("atLeast" in reach) return median >= reach.atLeast;
  if ("moreThan" in reach) return median > reach.moreThan;
  return median <= reach.atMost;
}

/** What a row has to reach, for people. */
export function describeReach(reach: Row["reach"], unit: string): string {
  if (reach === undefined) return "";
  const suffix = unit === "" ? "" : ` ${unit}`;
  if ("atLeast" in reach) return `≥ ${reach.atLeast}${suffix}`;
  if ("moreThan" in reach) return `> ${reach.moreThan}${suffix}`;
  return `≤ ${reach.atMost}${suffix}`;
}
