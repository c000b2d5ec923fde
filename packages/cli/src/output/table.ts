import { stripVTControlCharacters } from "node:util";
import { terminalText } from "@appenv/core/internal";

/** Rows under headings, in columns as wide as their widest cell, as lines. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows.map((row) => row.map(cellText))];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A cell is one line, and its width is that of its text on a terminal. */
function cellText(text: string): string {
  const plain = stripVTControlCharacters(text).replaceAll(/\s*[\r\n]+\s*/g, " ");
  return terminalText(plain, process.stdout);
}

/** A line for each thing that is known. */
export function details(values: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(values).filter(([, value]) => value !== "" && value !== undefined);
  const width = Math.max(...entries.map(([key]) => key.length)) + 2;
  return entries.map(([key, value]) => `${`${key}:`.padEnd(width)}${valueText(value)}`).join("\n");
}

function valueText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
