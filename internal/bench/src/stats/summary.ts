/** A list of numbers in three. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws Error if there is no number, or one that is none. */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0 || !values.every(Number.isFinite)) {
    throw new Error(`No summary of ${JSON.stringify(values)}.`);
  }
  const sorted = values.toSorted((a, b) => a - b);
  return { median: middle(sorted), min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

/** The middle of a sorted list; of an even number, the mean of the two in the middle. */
function middle(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
