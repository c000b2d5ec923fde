import type { Axis } from "./axis.ts";
import type { Span } from "./span.ts";

/** The shortest part of a run that can be shown, of its whole. */
const leastPart = 0.0005;

/** Places on the axis of the whole run, from 0 to 1. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** The part that a stretch of time is of the whole; undefined: all of it. */
export function partOf(axis: Axis, view: Span | undefined): Part {
  return view === undefined ? { from: 0, to: 1 } : { from: axis.at(view.from), to: axis.at(view.to) };
}

/** The stretch of time of a part; undefined if that is all. */
export function viewOf(axis: Axis, { from, to }: Part): Span | undefined {
  const start = Math.min(Math.max(Math.min(from, to), 0), 1 - leastPart);
  const end = Math.min(Math.max(from, to, start + leastPart), 1);
  if (start <= 0.0001 && end >= 0.9999) return undefined;
  return { from: axis.moment(start), to: axis.moment(end) };
}

/** A part moved by a part of its own length. */
export function moved({ from, to }: Part, by: number): Part {
  const step = Math.min(Math.max((to - from) * by, -from), 1 - to);
  return { from: from + step, to: to + step };
}

/** A part made longer or shorter around a place in it. */
export function zoomed({ from, to }: Part, factor: number, around: number = (from + to) / 2): Part {
  return { from: Math.max(around - (around - from) * factor, 0), to: Math.min(around + (to - around) * factor, 1) };
}
