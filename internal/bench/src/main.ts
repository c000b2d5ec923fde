// `pnpm bench [ROW ...] [--quick]`: measures the rows, prints the table, and writes docs/benchmarks.md after a full run.
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import { Bench } from "./bench.ts";
import { measureRow } from "./measure.ts";
import { appDependencies, root } from "./peers/folders.ts";
import { wattVersion } from "./peers/watt.ts";
import { stopAll } from "./processes/started.ts";
import { linesOf, type Outcome } from "./report/line.ts";
import { describeMachine, loadNow } from "./report/machine.ts";
import { renderPage } from "./report/page.ts";
import { renderTable } from "./report/table.ts";
import { programVersions } from "./report/versions.ts";
import type { Row } from "./row.ts";
import { postgresFolders } from "./sides/postgres.ts";
import { allRows } from "./rows/all.ts";

const { values: options, positionals: names } = parseArgs({
  options: { quick: { type: "boolean", default: false } },
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

const loadBefore = loadNow();
const outcomes: Outcome[] = [];
for (const row of chosenRows()) {
  const outcome = await measureRow(row, bench);
  outcomes.push(outcome);
  for (const line of linesOf(outcome)) bench.say(`  ${line.what}: ${line.measured || line.verdict} ${line.sides}`);
}
console.log(renderTable(outcomes.flatMap(linesOf)));
if (names.length > 0 || options.quick) bench.say("docs/benchmarks.md is written by a full run only.");
else if (process.exitCode === 1) bench.say("docs/benchmarks.md stays as it was, since a measurement failed.");
else writePage();

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
  const apps = Object.entries(appDependencies()).map(([name, version]) => `${name} ${version}`);
  const peers = [`on every side ${apps.join(", ")}`, [`Watt ${wattVersion}`, ...programVersions()].join(", ")];
  writeFileSync(file, renderPage(outcomes, { date: new Date(), machine: describeMachine(loadBefore), peers }));
  bench.say(`Wrote ${file}.`);
}
