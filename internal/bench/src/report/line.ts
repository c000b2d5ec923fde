import type { Extra, Figures, Row } from "../row.ts";
import { summarise } from "../stats/summary.ts";
import type { Result } from "./results.ts";
import { describeReach, judge } from "./verdict.ts";

/** What became of a row: numbers, or the words that say why there are none. */
export type Outcome =
  | ({ readonly row: Row } & Pick<Result, "date" | "how" | "measurement">)
  | { readonly row: Row; readonly missing: string };

/** A line of the table. */
export interface Line {
  readonly what: string;
  readonly against: string;
  readonly reach: string;
  readonly measured: string;
  /** The medians of both sides, where there are two. */
  readonly sides: string;
  readonly verdict: string;
  /** When it was measured; empty if it was not. */
  readonly date: string;
}

/** The lines of a row: its own, then what was measured beside it. */
export function linesOf(outcome: Outcome): Line[] {
  const { row } = outcome;
  if ("missing" in outcome) return [missingLine(row, outcome.missing)];
  const { also = [], ...own } = outcome.measurement;
  const lines = [toLine(row, own, row.reach), ...also.map((extra) => toLine(extra, extra))];
  const note = methodChanged(outcome) ? ", not measured anew since the method changed" : "";
  return lines.map((line) => ({ ...line, verdict: `${line.verdict}${note}`, date: outcome.date }));
}

/** Whether a row says otherwise now how it is measured. */
export function methodChanged(outcome: Outcome): boolean {
  return "how" in outcome && outcome.how !== outcome.row.how;
}

function missingLine({ what, against, reach }: Row, verdict: string): Line {
  return { what, against, reach: describeReach(reach, ""), measured: "", sides: "", verdict, date: "" };
}

function toLine(
  { what, against }: Pick<Extra, "what" | "against">,
  figures: Figures,
  reach?: Row["reach"],
): Omit<Line, "date"> {
  const { unit = "", values } = figures;
  const { median, min, max } = summarise(values);
  const range = values.length === 1 ? "" : ` [${format(min)}–${format(max)}]`;
  return {
    what,
    against,
    reach: describeReach(reach, unit),
    measured: `${format(median)}${range}${unit === "" ? "" : ` ${unit}`}`,
    sides: describeSides(figures),
    verdict: judge(reach, median),
  };
}

function describeSides({ sides }: Figures): string {
  if (sides === undefined) return "";
  const [ours, theirs] = [sides.ours, sides.theirs].map((values) => format(summarise(values).median));
  return `${ours} : ${theirs} ${sides.unit}`;
}

/** Three digits that mean something; whole numbers from 100 on. */
export function format(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
