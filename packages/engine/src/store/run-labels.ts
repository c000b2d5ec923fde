/** A filter of runs, as parts of a query. */
interface Labelled {
  readonly from: string;
  readonly where: string;
  readonly values: readonly string[];
}

/** Runs with all of some labels, as SQL: the index of the first one is read in order, the others are looked up. */
export function readLabels(labels: Readonly<Record<string, string>>): Labelled | undefined {
  const [first, ...others] = Object.entries(labels);
  if (first === undefined) return undefined;
  const other = "EXISTS (SELECT 1 FROM run_labels m WHERE m.key = ? AND m.value = ? AND m.run = r.id)";
  return {
    from: "run_labels l CROSS JOIN runs r ON r.id = l.run",
    where: ["l.key = ? AND l.value = ?", ...others.map(() => other)].join(" AND "),
    values: [first, ...others].flat(),
  };
}
