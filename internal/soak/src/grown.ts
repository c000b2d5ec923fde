import type { Census } from "./census.ts";

/** Caches that are bounded may still fill, in MiB. */
const heapMiB = 24;

/** The kinds of resources that have grown since, as lines for people; empty if none has. */
export function grownSince(before: Census, after: Census): readonly string[] {
  return Object.entries(after).flatMap(([kind, count]) => {
    const had = before[kind] ?? 0;
    const allowed = kind.startsWith("heap") ? had + heapMiB : had;
    return count > allowed ? [`${kind}: ${had} before, ${count} after`] : [];
  });
}
