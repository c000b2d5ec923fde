import { invalidOption } from "@appenv/core/internal";
import { minute, second } from "./series.ts";
import { secondsKept } from "./store.ts";

/** A span of time as it was asked for, in seconds since 1970. */
export interface WantedSpan {
  /** Default: an hour before its end. */
  readonly from?: number | undefined;
  /** Default: now. */
  readonly to?: number | undefined;
  /** In seconds. Default: so long that there are about 360 points. */
  readonly step?: number | undefined;
}

/** A span of whole steps. */
export interface Span {
  readonly from: number;
  /** The end of the last step. */
  readonly to: number;
  /** In seconds. */
  readonly step: number;
  /** The length of the stored steps that it is made of. */
  readonly storedStep: number;
}

const defaultPoints = 360;
/** A week of minutes. */
const mostPoints = 10_080;
/** Steps that people read easily, in seconds. */
const easySteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400];

/** The steps that a span is answered in. @throws AppEnvError INVALID_OPTION. */
export function readSpan(wanted: WantedSpan, now: number): Span {
  const to = Math.min(wanted.to ?? now, now);
  const from = wanted.from ?? to - secondsKept;
  if (from >= to)
    throw invalidOption("from", new Date(from * 1_000).toISOString(), "a time before the end of the span");
  const asked = wanted.step ?? easyStep((to - from) / defaultPoints);
  if (!Number.isInteger(asked) || asked < 1) throw invalidOption("step", `${asked}s`, "whole seconds, 1 or more");
  const span = wholeSteps(from, to, asked, now, wanted.from === undefined);
  const points = (span.to - span.from) / span.step;
  if (points > mostPoints)
    throw invalidOption("step", `${asked}s`, `so long that there are at most ${mostPoints} points`);
  return span;
}

/** Only minutes are kept of what is older than an hour. */
function wholeSteps(from: number, to: number, asked: number, now: number, aligned: boolean): Span {
  const storedStep = from >= now - secondsKept - minute ? second : minute;
  const step = Math.ceil(asked / storedStep) * storedStep;
  const begin = from - (from % (aligned ? step : storedStep));
  return { from: begin, to: begin + Math.floor((to - begin) / step) * step, step, storedStep };
}

function easyStep(least: number): number {
  return easySteps.find((step) => step >= least) ?? Math.ceil(least / 3_600) * 3_600;
}
