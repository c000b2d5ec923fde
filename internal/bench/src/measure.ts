import type { Bench } from "./bench.ts";
import { isInstalled } from "./processes/installed.ts";
import type { Outcome } from "./report/line.ts";
import type { Row } from "./row.ts";

/** Measures a row. A row that cannot be measured says why, and the others go on. */
export async function measureRow(row: Row, bench: Bench): Promise<Outcome> {
  const missing = whyNot(row);
  if (missing !== undefined) return { row, missing: `not measured: ${missing}` };
  bench.say(`Measuring ${row.name} ...`);
  bench.beginRow();
  const { how } = row;
  try {
    return { row, how, date: today(), measurement: await row.measure(bench) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    bench.say(`${row.name} failed: ${message}`);
    process.exitCode = 1;
    return { row, missing: `not measured: the measurement failed (${message.split("\n")[0]})` };
  }
}

/** In UTC, as in `2030-01-31`. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function whyNot({ needs = [], linux = false }: Row): string | undefined {
  const absent = needs.filter((program) => !isInstalled(program));
  if (absent.length > 0) return `${absent.join(" and ")} is missing (\`npm run setup:system\` installs it)`;
  return linux && process.platform !== "linux" ? "it reads /proc, which only Linux has" : undefined;
}
