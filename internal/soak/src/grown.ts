import type { Census } from "./census.ts";

/** Caches that are bounded may still fill, in MiB. */
const heapMiB = 24;

/** What there is more of than before, for people; empty if nothing is. */
export function grownSince(before: Census, after: Census): readonly string[] {
  return Object.entries(after).flatMap(([kind, count]) => {
    const had = before[kind] ?? 0;
    const allowed = kind.startsWith("heap") ? had + heapMiB : had;
    return count > allowed ? [`${kind}: ${had} before, ${count} after`] : [];
  });
}
