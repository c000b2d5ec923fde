import type { Extra, Figures, Measurement, Row } from "../row.ts";
import { summarise } from "../stats/summary.ts";
import { describeReach, judge } from "./verdict.ts";

/** What became of a row: numbers, or the reason why there are none. */
export type Outcome =
  | { readonly row: Row; readonly measurement: Measurement }
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
}

/** The lines of a row: its own, then what was measured beside it. */
export function linesOf(outcome: Outcome): Line[] {
  const { row } = outcome;
  if ("missing" in outcome) {
    const reach = describeReach(row.reach, "");
    return [
      {
        what: row.what,
        against: row.against,
        reach,
        measured: "",
        sides: "",
        verdict: `not measured: ${outcome.missing}`,
      },
    ];
  }
  const { measurement } = outcome;
  return [toLine(row, measurement, row.reach), ...(measurement.also ?? []).map((extra) => toLine(extra, extra))];
}

function toLine({ what, against }: Pick<Extra, "what" | "against">, figures: Figures, reach?: Row["reach"]): Line {
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
