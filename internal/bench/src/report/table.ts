import type { Line } from "./line.ts";

const columns = [
  ["what", "what"],
  ["against", "against"],
  ["reach", "to reach"],
  ["measured", "measured, median [min–max]"],
  ["sides", "AppEnv : the other, medians"],
  ["verdict", "verdict"],
] as const satisfies readonly (readonly [keyof Line, string])[];

/** The lines as a Markdown table, its columns aligned, so that it can be read in a terminal too. */
export function renderTable(lines: readonly Line[]): string {
  const cells = [
    columns.map(([, title]) => title as string),
    ...lines.map((line) => columns.map(([key]) => line[key])),
  ];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  const render = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [header = [], ...rows] = cells;
  const rule = widths.map((width) => "-".repeat(width));
  return [header, rule, ...rows].map(render).join("\n");
}
