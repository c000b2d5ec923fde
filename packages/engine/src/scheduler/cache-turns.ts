import { Fifo } from "./fifo.ts";
import type { ActionState } from "../live/state.ts";

interface Waiting {
  readonly action: ActionState;
  readonly begin: () => void;
}

/** Lets one of several actions with one cache key run, while the others wait for its result. */
export class CacheTurns {
  readonly #turns: Map<string, { holder: ActionState; readonly waiting: Fifo<Waiting> }> = new Map();

  /**
   * Calls back when it is the action's turn: at once if it is the first, or if it is called by the one whose turn it
   * is, which would wait for itself.
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

  /** The next one's turn, if it was this one's. */
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
}

function isBelow(action: ActionState, other: ActionState): boolean {
  for (let each: ActionState | undefined = action; each !== undefined; each = each.parent) {
    if (each === other) return true;
  }
  return false;
}
