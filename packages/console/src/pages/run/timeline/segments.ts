import type { ExplainedAction } from "@appenv/protocol/tasks";
import type { ActionTree, LiveAction } from "../../../live/action-tree.ts";
import { ActionPhaseNumber } from "@appenv/protocol/tasks";
import { phaseLook } from "../../../parts/phase.tsx";
import { isTerminal } from "../phases.ts";
import { spanOf, union, type Span } from "./span.ts";

/** A piece of an action's time. */
export interface Segment extends Span {
  /** `queue`: waits for its turn; `retry`: waits to be tried again; else the tone of a phase. */
  readonly look: string;
  readonly words: string;
}

/** The pieces of an action's time: where it waited for its turn, and each attempt that ran. */
export function segmentsOf(
  action: LiveAction,
  explained: ExplainedAction | undefined,
  now: number,
): readonly Segment[] {
  const { tone, words } = phaseLook(action.phase);
  const waits = action.phase === ActionPhaseNumber.QUEUED || action.phase === ActionPhaseNumber.WAITING_FOR_RESOURCES;
  const whole = { ...spanOf(action, now), look: waits ? "queue" : tone, words };
  if (explained === undefined) return [whole];
  if (explained.attempts.length === 0) return [whole];
  const pieces: Segment[] = [];
  let last = Number(explained.createdAt);
  for (const [index, { startedAt, endedAt, queuedAt }] of explained.attempts.entries()) {
    const [queued, from] = [Number(queuedAt), Number(startedAt)];
    const to = endedAt === undefined ? now : Number(endedAt);
    if (index > 0 && queued > last)
      pieces.push({ from: last, to: queued, look: "retry", words: "waits to be tried again" });
    const since = index === 0 ? last : Math.max(queued, last);
    if (from > since) pieces.push({ from: since, to: from, look: "queue", words: "queued" });
    const isLast = index === explained.attempts.length - 1 && (endedAt === undefined || isTerminal(action.phase));
    pieces.push({
      from,
      to: Math.max(from, to),
      look: isLast ? tone : "bad",
      words: isLast ? words : `attempt ${index + 1} failed`,
    });
    last = Math.max(from, to);
  }
  if (!isTerminal(action.phase) && explained.attempts.at(-1)?.endedAt !== undefined) {
    pieces.push({ from: last, to: now, look: "retry", words: "waits to be tried again" });
  }
  return pieces;
}

/** Maximum children whose times are told apart. */
const mostChildren = 2_000;

/** The time in which an action waited for what it called, or worked beside that. */
export function blockedSpans(tree: ActionTree, name: string, now: number): readonly Span[] {
  const children = tree.childrenOf(name).slice(0, mostChildren);
  return union(
    children.flatMap((child) => {
      const action = tree.get(child);
      return action === undefined ? [] : [spanOf(action, now)];
    }),
  );
}
