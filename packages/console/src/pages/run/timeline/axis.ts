import type { ActionTree, LiveAction } from "../../../live/action-tree.ts";
import { spanOf, union, type Span } from "./span.ts";

/** A gap is hidden if it is longer than this part of the whole time. */
const leastGap = 0.04;
/** The width that stays of all hidden gaps together, as a part of what is shown; each has at most `widest`. */
const keptOfAll = 0.2;
const widest = 0.025;

/** The places of moments on the timeline: of a part of the run's time, without the gaps that are hidden. */
export class Axis {
  readonly whole: Span;
  /** Stretches in which nothing runs, drawn narrow. */
  readonly gaps: readonly Span[];
  readonly #view: Span;
  readonly #keep: number;

  /** @param view - The part that is shown; undefined: all of it. */
  constructor(whole: Span, gaps: readonly Span[] = [], view?: Span) {
    this.whole = whole;
    this.gaps = gaps;
    const hidden = gaps.reduce((sum, { from, to }) => sum + to - from, 0);
    const shown = Math.max(whole.to - whole.from - hidden, 1);
    this.#keep = shown * Math.min(widest, keptOfAll / Math.max(gaps.length, 1));
    this.#view = view ?? whole;
  }

  /** A moment's place, from 0 at the left edge to 1 at the right one; others are outside. */
  at(ms: number): number {
    const [from, to] = [this.#squeezed(this.#view.from), this.#squeezed(this.#view.to)];
    return (this.#squeezed(ms) - from) / Math.max(to - from, 1e-9);
  }

  /** The moment at a place. */
  moment(place: number): number {
    let [low, high] = [this.#view.from, this.#view.to];
    for (let step = 0; step < 40; step += 1) {
      const middle = (low + high) / 2;
      if (this.at(middle) < place) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }

  /** The place of a stretch of time, in percent; undefined if none of it is in sight. */
  place({ from, to }: Span): { readonly left: string; readonly width: string } | undefined {
    const [left, right] = [this.at(from), this.at(to)];
    if (right < 0 || left > 1) return undefined;
    const [start, end] = [Math.max(left, 0), Math.min(right, 1)];
    return { left: percent(start), width: percent(Math.max(end - start, 0)) };
  }

  #squeezed(ms: number): number {
    let hidden = 0;
    for (const { from, to } of this.gaps) {
      if (ms <= from) break;
      const length = to - from;
      hidden += ((Math.min(ms, to) - from) / length) * Math.max(length - this.#keep, 0);
    }
    return ms - hidden;
  }
}

function percent(part: number): string {
  return `${(100 * part).toFixed(3)}%`;
}

/** Kinds of actions that do nothing until they end. */
const waiting: ReadonlySet<LiveAction["kind"]> = new Set(["condition", "sleep", "event"]);

/** The long stretches of a run in which none of its actions runs that calls no others. */
export function idleGaps(tree: ActionTree, whole: Span, now: number): readonly Span[] {
  const busy: Span[] = [];
  for (const action of tree.values()) {
    if (!waiting.has(action.kind) && tree.childrenOf(action.name).length === 0) busy.push(spanOf(action, now));
  }
  const edges = [{ from: whole.from, to: whole.from }, ...union(busy), { from: whole.to, to: whole.to }];
  const gaps = edges.slice(1).map(({ from }, index) => ({ from: edges[index]?.to ?? from, to: from }));
  const least = (whole.to - whole.from) * leastGap;
  return busy.length === 0 ? [] : gaps.filter(({ from, to }) => to - from > least);
}
