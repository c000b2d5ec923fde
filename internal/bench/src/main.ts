// `pnpm bench [ROW ...] [--quick | --page]`: measures rows, prints the table, keeps their results in docs/benchmarks.json and
// writes docs/benchmarks.md from it.
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import { Bench } from "./bench.ts";
import { measureRow } from "./measure.ts";
import { root } from "./peers/folders.ts";
import { stopAll } from "./processes/started.ts";
import { linesOf, type Outcome } from "./report/line.ts";
import { loadNow } from "./report/machine.ts";
import { renderPage } from "./report/page.ts";
import { thisPlace } from "./report/place.ts";
import { keepResult, readResults } from "./report/results.ts";
import { renderTable } from "./report/table.ts";
import type { Row } from "./row.ts";
import { allRows } from "./rows/all.ts";
import { postgresFolders } from "./sides/postgres.ts";

const { values: options, positionals: names } = parseArgs({
  options: { quick: { type: "boolean", default: false }, page: { type: "boolean", default: false } },
  allowPositionals: true,
});

// The repository's own tools first, and where Debian keeps servers last.
process.env["PATH"] = [join(root, "node_modules/.bin"), process.env["PATH"], "/usr/sbin", ...postgresFolders()].join(
  delimiter,
);

const bench = new Bench(options.quick);
process.once("exit", () => bench[Symbol.dispose]());
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => void stopAll().finally(() => process.exit(code)));
}

if (options.page) writePage();
else await measureAll();

async function measureAll(): Promise<void> {
  const outcomes: Outcome[] = [];
  for (const row of chosenRows()) outcomes.push(await measureOne(row));
  console.log(renderTable(outcomes.flatMap(linesOf)));
  if (options.quick) bench.say("Nothing is kept of --quick.");
  else writePage();
}

/** Saves each row's result at once, so that nothing is lost if a later one is interrupted. */
async function measureOne(row: Row): Promise<Outcome> {
  const [place, before] = [thisPlace(), loadNow()];
  const outcome = await measureRow(row, bench);
  for (const line of linesOf(outcome)) bench.say(`  ${line.what}: ${line.measured || line.judgement} ${line.sides}`);
  if ("missing" in outcome) return outcome;
  bench.say(`  It took ${Math.round(bench.rowMs / 1_000)} s.`);
  const { date, how, measurement } = outcome;
  if (!options.quick) keepResult(row.name, { date, ...place, how, load: [before, loadNow()], measurement });
  return outcome;
}

function chosenRows(): readonly Row[] {
  const unknown = names.filter((name) => !allRows.some((row) => row.name === name));
  if (unknown.length > 0) {
    bench.say(`There is no row ${unknown.join(", ")}; there are ${allRows.map(({ name }) => name).join(", ")}.`);
    process.exit(2);
  }
  return names.length === 0 ? allRows : allRows.filter(({ name }) => names.includes(name));
}

function writePage(): void {
  const file = join(root, "docs/benchmarks.md");
  writeFileSync(file, renderPage(allRows, readResults()));
  bench.say(`Wrote ${file}.`);
}
