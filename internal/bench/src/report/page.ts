import { linesOf, type Outcome } from "./line.ts";
import { renderTable } from "./table.ts";

/** What the page says beside its numbers. */
export interface PageFacts {
  readonly date: Date;
  /** Lines of a list. */
  readonly machine: readonly string[];
  /** The other programs, with their versions. */
  readonly peers: readonly string[];
}

/** `docs/benchmarks.md`. */
export function renderPage(outcomes: readonly Outcome[], { date, machine, peers }: PageFacts): string {
  return `<!-- Written by \`pnpm bench\`; do not edit. -->

# Benchmarks

AppEnv beside its peers, measured in one run on ${date.toISOString().slice(0, 10)}. Ratios are AppEnv's number divided by
the other's. Both sides are measured in turn, in pairs that begin with either side alternately; the ratio is that of each
pair, and shown are its median, minimum and maximum. Pairs during which other programs used more than a tenth of a processor
are measured again, up to twice as many in all; the calmest count. AppEnv runs as it is published: built, packed and
installed from the tarballs. Everything runs on one machine, so the numbers themselves say little; the ratios do.

${renderTable(outcomes.flatMap(linesOf))}

## Where it falls short

${shortfalls(outcomes)}

## How each row is measured

${outcomes.map(({ row }) => `- **${row.name}**: ${row.how}`).join("\n")}

## Where it was measured

${[...machine, ...peers, ...disturbances(outcomes)].map((line) => `- ${line}`).join("\n")}

## What the numbers do not say

- The load comes from the same machine, next to the servers: caches and memory are shared with it, on both sides alike.
- Each row has one app with small JSON answers. An app that does more per request comes closer to a ratio of 1.
- One run is one sample of one machine. \`pnpm bench\` repeats it; \`pnpm bench ROW --quick\` looks at a single row.
`;
}

function shortfalls(outcomes: readonly Outcome[]): string {
  const short = outcomes.filter((outcome) => linesOf(outcome)[0]?.verdict === "falls short");
  const missing = outcomes.filter((outcome) => "missing" in outcome);
  const lines = [
    ...short.map(({ row }) => `- **${row.name}**: ${row.cause ?? "the cause is not known yet."}`),
    ...missing.map(
      (outcome) => `- **${outcome.row.name}**: not measured, ${"missing" in outcome ? outcome.missing : ""}.`,
    ),
  ];
  return lines.length === 0 ? "Nowhere: every row was reached." : lines.join("\n");
}

/** Told by each row, since a busy machine can make any number wrong. */
function disturbances(outcomes: readonly Outcome[]): string[] {
  const shares = outcomes.flatMap((outcome) => {
    const share = "measurement" in outcome ? outcome.measurement.disturbance : undefined;
    return share === undefined ? [] : [`${outcome.row.name} ${Math.round(share * 100)} %`];
  });
  return shares.length === 0
    ? []
    : [`other programs used at most, of one processor, while a pair ran: ${shares.join(", ")}`];
}
