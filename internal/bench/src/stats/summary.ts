/** A list of numbers as three: its least, its median and its greatest. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Summarises numbers. @throws Error if there are none, or one is not a number. */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0 || !values.every(Number.isFinite)) {
    throw new Error(`No summary of ${JSON.stringify(values)}.`);
  }
  const sorted = values.toSorted((a, b) => a - b);
  return { median: middle(sorted), min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

/** The median of a sorted list. */
function middle(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
