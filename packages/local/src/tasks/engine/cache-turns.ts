import type { ActionState } from "./state.ts";

/** Lets one of several actions with one cache key run, while the others wait for its result. */
export class CacheTurns {
  readonly #turns: Map<string, { holder: ActionState; readonly waiting: (() => void)[] }> = new Map();

  /**
   * Calls back when it is the action's turn: at once if it is the first, or if it is called by the one whose turn it
   * is, which would wait for itself.
   */
  take(key: string, action: ActionState, callback: () => void): void {
    const turn = this.#turns.get(key);
    if (turn === undefined) {
      this.#turns.set(key, { holder: action, waiting: [] });
      callback();
    } else if (isBelow(action, turn.holder)) {
      callback();
    } else {
      turn.waiting.push(() => {
        if (action.ending !== undefined) return this.#next(key);
        turn.holder = action;
        callback();
      });
    }
  }

  /** The next one's turn, if it was this one's. */
  release(key: string, action: ActionState): void {
    if (this.#turns.get(key)?.holder === action) this.#next(key);
  }

  #next(key: string): void {
    const turn = this.#turns.get(key);
    const next = turn?.waiting.shift();
    if (next === undefined) this.#turns.delete(key);
    else next();
  }
}

function isBelow(action: ActionState, other: ActionState): boolean {
  for (let each: ActionState | undefined = action; each !== undefined; each = each.parent) {
    if (each === other) return true;
  }
  return false;
}
