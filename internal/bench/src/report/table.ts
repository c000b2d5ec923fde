import type { Line } from "./line.ts";

const columns = [
  ["what", "what"],
  ["against", "against"],
  ["reach", "to reach"],
  ["measured", "measured, median [min–max]"],
  ["sides", "AppEnv : the other, medians"],
  ["judgement", "judgement"],
  ["date", "measured on"],
] as const satisfies readonly (readonly [keyof Line, string])[];

/** The lines as a Markdown table. */
export function renderTable(lines: readonly Line[]): string {
  return renderRows(
    columns.map(([, title]) => title),
    lines.map((line) => columns.map(([key]) => line[key])),
  );
}

/** A Markdown table, its columns aligned, so that it can be read in a terminal too. */
export function renderRows(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((_, column) => Math.max(...[titles, ...rows].map((row) => (row[column] ?? "").length)));
  const render = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [titles, rule, ...rows].map(render).join("\n");
}
