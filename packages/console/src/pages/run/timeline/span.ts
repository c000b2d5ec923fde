import type { ActionTree, LiveAction } from "../../../live/action-tree.ts";
import { isTerminal } from "../phases.ts";

/** A stretch of time, in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The time that a run takes in all, until now while it runs. */
export function spanOfRun({ bounds: { from, to } }: Pick<ActionTree, "bounds">, now: number): Span {
  return Number.isFinite(from) ? { from, to: Math.max(to, now, from + 1) } : { from: now, to: now + 1 };
}

/** The time in which an action ran. */
export function spanOf({ phase, startedAt, endedAt }: LiveAction, now: number): Span {
  const from = startedAt ?? now;
  return { from, to: Math.max(from, (isTerminal(phase) ? endedAt : undefined) ?? now) };
}

/** The stretches of time that some cover together, in order. */
export function union(spans: Iterable<Span>): readonly Span[] {
  const sorted = [...spans].toSorted((one, other) => one.from - other.from);
  const all: Span[] = [];
  for (const span of sorted) {
    const last = all.at(-1);
    if (last === undefined || span.from > last.to) all.push(span);
    else if (span.to > last.to) all[all.length - 1] = { from: last.from, to: span.to };
  }
  return all;
}
