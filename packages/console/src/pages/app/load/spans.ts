/** A span of time that charts show. */
export interface Span {
  readonly words: string;
  /** In seconds. */
  readonly seconds: number;
  /** The time that each point stands for, in seconds. */
  readonly step: number;
}

/** The spans by their names in the URL. An hour is kept by the second, a week by the minute. */
export const spans: Readonly<Record<string, Span>> = {
  "": { words: "5 minutes", seconds: 300, step: 1 },
  hour: { words: "Hour", seconds: 3_600, step: 1 },
  day: { words: "Day", seconds: 86_400, step: 60 },
  week: { words: "Week", seconds: 604_800, step: 60 },
};

/** Points with a hole between two of them that are further apart than a step: nothing is known of the time between. */
export function withGaps<T>(
  times: readonly number[],
  points: readonly T[],
  step: number,
): { readonly times: readonly number[]; readonly points: readonly (T | undefined)[] } {
  const out: { times: number[]; points: (T | undefined)[] } = { times: [], points: [] };
  times.forEach((time, index) => {
    const before = times[index - 1];
    if (before !== undefined && time - before > step * 1.5) {
      out.times.push(before + step);
      out.points.push(undefined);
    }
    out.times.push(time);
    out.points.push(points[index]);
  });
  return out;
}
