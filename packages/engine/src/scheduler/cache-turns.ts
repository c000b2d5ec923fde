import type { ActionState } from "../live/state.ts";
import { Fifo } from "./fifo.ts";
import type { WaitReason } from "./turn.ts";

interface Waiting {
  readonly action: ActionState;
  readonly begin: () => void;
}

/** Lets one of several actions with one cache key run, while the others wait for its result. */
export class CacheTurns {
  readonly #turns: Map<string, { holder: ActionState; readonly waiting: Fifo<Waiting> }> = new Map();

  /**
   * Calls back when it is the action's turn: at once if it is the first, or if an action above it has the turn, which
   * would wait for itself.
   */
  take(key: string, action: ActionState, begin: () => void): void {
    const turn = this.#turns.get(key);
    if (turn === undefined) {
      this.#turns.set(key, { holder: action, waiting: new Fifo() });
      begin();
    } else if (isBelow(action, turn.holder)) {
      begin();
    } else {
      turn.waiting.push({ action, begin });
    }
  }

  /** Gives the turn to the next one, if this action has it. */
  release(key: string, action: ActionState): void {
    const turn = this.#turns.get(key);
    if (turn?.holder !== action) return;
    // Thousands may have ended while they waited: a loop, since calls would fill the stack.
    for (let next = turn.waiting.shift(); next !== undefined; next = turn.waiting.shift()) {
      if (next.action.outcome !== undefined) continue;
      turn.holder = next.action;
      return next.begin();
    }
    this.#turns.delete(key);
  }

  /** The action for which another one waits; undefined if it does not wait here. */
  whyWaiting(action: ActionState): WaitReason | undefined {
    const turn = action.cacheKey === undefined ? undefined : this.#turns.get(action.cacheKey);
    if (turn === undefined || isBelow(action, turn.holder) || action.outcome !== undefined) return undefined;
    return { kind: "cache", holder: { run: turn.holder.run.run, action: turn.holder.row.name } };
  }
}

function isBelow(action: ActionState, other: ActionState): boolean {
  for (let each: ActionState | undefined = action; each !== undefined; each = each.parent) {
    if (each === other) return true;
  }
  return false;
}
