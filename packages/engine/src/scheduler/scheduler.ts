import type { Workers } from "../contracts/workers.ts";
import type { ActionState } from "../live/state.ts";
import { CacheTurns } from "./cache-turns.ts";
import { EnvironmentQueue } from "./environment-queue.ts";
import { Processors } from "./isolated-places.ts";
import type { Job, Turn, WaitReason } from "./turn.ts";

/**
 * Decides when each attempt starts, and where. A job starts when the limits of its environment and task allow it, and a
 * worker has a place for it; while it waits it takes nothing from others. Within an environment tasks take turns, and
 * within a task runs do, so that nothing that waits is passed over, however much others have in the queue.
 */
export class Scheduler {
  readonly #workers: Workers;
  readonly #processors: Processors;
  readonly #environments = new Map<string, EnvironmentQueue>();
  readonly #cacheTurns: CacheTurns = new CacheTurns();
  #closed = false;

  constructor(workers: Workers) {
    this.#workers = workers;
    this.#processors = new Processors(workers);
  }

  /** Calls `start` when it is the job's turn: perhaps before this returns. */
  add(job: Job, start: (turn: Turn) => void): Turn {
    const known = this.#environments.get(job.environment);
    const queue = known ?? new EnvironmentQueue(this.#workers, this.#processors);
    if (known === undefined) this.#environments.set(job.environment, queue);
    if (this.#closed) queue.close();
    return queue.add(job, start);
  }

  /** Calls back when no other action computes the result of this cache key, before the action looks for that. */
  takeCacheTurn(key: string, action: ActionState, begin: () => void): void {
    this.#cacheTurns.take(key, action, begin);
  }

  /** Lets the next action of a cache key begin, if this one's turn it was. */
  releaseCacheTurn(key: string, action: ActionState): void {
    this.#cacheTurns.release(key, action);
  }

  /** The reason for which an action does not run yet; undefined if it does, or does not wait for its turn. */
  whyWaiting(action: ActionState): WaitReason | undefined {
    if (action.turn !== undefined) return action.turn.whyWaiting();
    const { nextAt, attempts } = action.row;
    if (nextAt !== undefined) return { kind: attempts === 0 ? "schedule" : "retry", at: new Date(nextAt) };
    return action.attempt === undefined ? this.#cacheTurns.whyWaiting(action) : undefined;
  }

  /** Starts nothing more. */
  close(): void {
    this.#closed = true;
    for (const queue of this.#environments.values()) queue.close();
  }
}
