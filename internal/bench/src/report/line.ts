import type { Row } from "../row.ts";
import type { Extra, Figures } from "../stats/figures.ts";
import { summarise } from "../stats/summary.ts";
import type { Result } from "./results.ts";
import { describeReach, judge } from "./judge.ts";

/** The outcome of a row: numbers, or the reason why there are none. */
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
  readonly judgement: string;
  /** The date of the measurement; empty if there was none. */
  readonly date: string;
}

/** The lines of a row: its own, then those of the numbers measured along the way. */
export function linesOf(outcome: Outcome): Line[] {
  const { row } = outcome;
  if ("missing" in outcome) return [missingLine(row, outcome.missing)];
  const { also = [], ...own } = outcome.measurement;
  const lines = [toLine(row, own, row.reach), ...also.map((extra) => toLine(extra, extra))];
  const note = methodChanged(outcome) ? ", not measured anew since the method changed" : "";
  return lines.map((line) => ({ ...line, judgement: `${line.judgement}${note}`, date: outcome.date }));
}

/** True if the method of a row has changed since. */
export function methodChanged(outcome: Outcome): boolean {
  return "how" in outcome && outcome.how !== outcome.row.how;
}

function missingLine({ what, against, reach }: Row, judgement: string): Line {
  return { what, against, reach: describeReach(reach, ""), measured: "", sides: "", judgement, date: "" };
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
    judgement: judge(reach, median),
  };
}

function describeSides({ sides }: Figures): string {
  if (sides === undefined) return "";
  const [ours, theirs] = [sides.ours, sides.theirs].map((values) => format(summarise(values).median));
  return `${ours} : ${theirs} ${sides.unit}`;
}

/** Three significant digits; whole numbers from 100 on. */
export function format(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
