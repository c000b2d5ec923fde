import type { Row } from "../row.ts";
import { linesOf, methodChanged, type Outcome } from "./line.ts";
import type { Result, Results } from "./results.ts";
import { renderRows, renderTable } from "./table.ts";

/** A row with its last result. */
interface Measured {
  readonly row: Row;
  readonly result: Result;
}

/** `docs/benchmarks.md`. */
export function renderPage(rows: readonly Row[], results: Results): string {
  const outcomes = rows.map((row) => outcomeOf(row, results[row.name]));
  const measured = rows.flatMap((row) => {
    const result = results[row.name];
    return result === undefined ? [] : [{ row, result }];
  });
  return `<!-- Written by \`pnpm bench\` from benchmarks.json; do not edit. -->

# Benchmarks

AppEnv beside its peers. Ratios are AppEnv's number divided by the other's. Both sides are measured in turn, in pairs that
begin with either side alternately; the ratio is taken for each pair; the table shows its median, minimum and maximum. Pairs
during which other programs used more than a tenth of a processor are measured again, as far as a row's time goes (two to
five minutes); the calmest count. AppEnv runs as it is published: built, packed and installed from the tarballs. Everything
runs on one machine, so the numbers themselves say little; the ratios do. Each row has a date of its own, so rows may be of
different versions.

${renderTable(outcomes.flatMap(linesOf))}

## Where it falls short

${shortfalls(outcomes)}

## How each row is measured

${rows.map(({ name, how }) => `- **${name}**: ${how}`).join("\n")}

## When and where it was measured

${measured.length === 0 ? "Nothing yet." : renderRows(["row", "on", "version", "load average before, after", "others at most"], measured.map(conditionsOf))}

The last column is the share of one processor that other programs used during the most disturbed pair of a row's first
line. A version that ends in \`+\` had uncommitted changes.

${places(measured)}

## What the numbers do not say

- The load comes from the same machine, next to the servers: caches and memory are shared with it, on both sides alike.
- Each row has one app with small JSON answers, or tasks that do next to nothing. Apps and tasks that do more come closer to a ratio of 1.
- One run is one sample of one machine. \`pnpm bench\` measures all rows again, \`pnpm bench ROW\` a single one;
  \`pnpm bench ROW --quick\` keeps nothing.
`;
}

function outcomeOf(row: Row, result: Result | undefined): Outcome {
  return result === undefined ? { row, missing: "not measured yet" } : { row, ...result };
}

function shortfalls(outcomes: readonly Outcome[]): string {
  const short = outcomes.filter((outcome) => linesOf(outcome)[0]?.judgement.startsWith("falls short"));
  const old = namesOf(outcomes.filter(methodChanged));
  const missing = namesOf(outcomes.filter((outcome) => "missing" in outcome));
  const lines = [
    ...short.map(({ row }) => `- **${row.name}**: ${row.cause ?? "the cause is not known yet."}`),
    ...(old === "" ? [] : [`- Not measured again since the method changed: ${old}.`]),
    ...(missing === "" ? [] : [`- Not measured yet: ${missing}.`]),
  ];
  return lines.length === 0 ? "Nowhere: every row has reached its goal." : lines.join("\n");
}

function namesOf(items: readonly { readonly row: Row }[]): string {
  return items.map(({ row }) => row.name).join(", ");
}

function conditionsOf({ row, result }: Measured): readonly string[] {
  const { date, revision, load, measurement } = result;
  const { disturbance } = measurement;
  return [
    row.name,
    date,
    revision,
    load === undefined ? "" : load.map((average) => average.toFixed(2)).join(", "),
    disturbance === undefined ? "" : `${Math.round(disturbance * 100)} %`,
  ];
}

/** Machines and versions, each once, with the rows that were measured there. */
function places(measured: readonly Measured[]): string {
  const groups = Map.groupBy(measured, ({ result: { machine, versions } }) => [...machine, ...versions].join("\n"));
  return [...groups].map(([facts, items]) => renderPlace(facts.split("\n"), namesOf(items))).join("\n\n");
}

function renderPlace(facts: readonly string[], names: string): string {
  return `${names}:\n\n${facts.map((fact) => `- ${fact}`).join("\n")}`;
}
