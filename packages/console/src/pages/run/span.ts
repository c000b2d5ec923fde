import type { LiveAction } from "../../live/actions.ts";
import { msOf } from "../../parts/time.tsx";
import { isTerminal } from "./phases.ts";

/** A stretch of time, in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The time that a run takes in all, until now while it runs. */
export function spanOfRun(all: ReadonlyMap<string, LiveAction>, now: number): Span {
  let from = Number.POSITIVE_INFINITY;
  let to = 0;
  for (const action of all.values()) {
    const own = spanOf(action, now);
    from = Math.min(from, action.queuedAt ?? own.from);
    to = Math.max(to, own.to);
  }
  return Number.isFinite(from) ? { from, to: Math.max(to, from + 1) } : { from: now, to: now + 1 };
}

/** The time in which an action ran. */
export function spanOf({ message: { status } }: Pick<LiveAction, "message">, now: number): Span {
  const from = msOf(status?.startTime) ?? now;
  const to = (isTerminal(status?.phase) ? msOf(status?.endTime) : undefined) ?? now;
  return { from, to: Math.max(from, to) };
}

/** The place of a stretch of time in another, in percent. */
export function placeIn(whole: Span, { from, to }: Span): { readonly left: string; readonly width: string } {
  const length = whole.to - whole.from;
  const percent = (ms: number): string => `${((100 * ms) / length).toFixed(3)}%`;
  return { left: percent(from - whole.from), width: percent(Math.max(to - from, 0)) };
}
