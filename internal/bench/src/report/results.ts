import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../peers/folders.ts";
import type { Measurement } from "../stats/figures.ts";

/** The last result of a row, with its date and machine. */
export interface Result {
  /** Year, month and day in UTC, as in `2030-01-31`. */
  readonly date: string;
  /** The commit that was measured, shortened; `+` where files had changed since. */
  readonly revision: string;
  /** The method, as the row stated it then. */
  readonly how: string;
  /** Lines that describe the machine. */
  readonly machine: readonly string[];
  /** The other programs with their versions. */
  readonly versions: readonly string[];
  /** Load averages over a minute, before and after; undefined where they were not recorded. */
  readonly load?: readonly [before: number, after: number];
  readonly measurement: Measurement;
}

/** The last result of each row that has one, by the row's name. */
export type Results = Readonly<Record<string, Result>>;

const file = join(root, "docs/benchmarks.json");

/** The committed results. */
export function readResults(): Results {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Results) : {};
}

/** Keeps a row's result in place of the one before. */
export function keepResult(row: string, result: Result): void {
  const text = JSON.stringify({ ...readResults(), [row]: result }, shorten, 2);
  // A list of numbers stands on one line.
  writeFileSync(file, `${text.replaceAll(/\[[\d\s,.eE+-]*\]/g, (list) => list.replaceAll(/\s+/g, " "))}\n`);
}

/** Five digits: none of the numbers is more exact. */
function shorten(_: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(5)) : value;
}
