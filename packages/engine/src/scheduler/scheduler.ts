import type { Workers } from "../contracts/workers.ts";
import type { ActionState } from "../live/state.ts";
import { CacheTurns } from "./cache-turns.ts";
import { EnvironmentQueue } from "./environment-queue.ts";
import { Processors } from "./isolated-places.ts";
import { systemClock, type Clock } from "../live/clock.ts";
import { noBook, type QueueBook } from "./queue-contract.ts";
import { Queues, type LiveQueue } from "./queues.ts";
import type { Job, Turn, WaitReason } from "./turn.ts";

/** Needs of the scheduler beside workers. */
export interface SchedulerOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** The part of queues that outlives the process. Default: none of it does. */
  readonly book?: QueueBook;
  /** Called for a queue in which something has changed. */
  readonly onQueue?: (queue: LiveQueue) => void;
}

/**
 * Decides when each attempt starts, and where. A job starts when its queue and the limits of its environment and task allow
 * it, and a worker has a place for it; while it waits it takes nothing from others. Within an environment the highest
 * priority comes first; with the same priority tasks take turns, within a task the keys of its queue, and within a key runs
 * do, so that nothing that waits is passed over, however much others have in the queue.
 */
export class Scheduler {
  readonly queues: Queues;
  readonly #workers: Workers;
  readonly #processors: Processors;
  readonly #environments = new Map<string, EnvironmentQueue>();
  readonly #cacheTurns: CacheTurns = new CacheTurns();
  #closed = false;

  constructor(workers: Workers, { clock = systemClock, book = noBook, onQueue = () => {} }: SchedulerOptions = {}) {
    this.#workers = workers;
    this.queues = new Queues({ clock, book, changed: onQueue });
    this.#processors = new Processors(workers);
  }

  /** Calls `start` when it is the job's turn: perhaps before this returns. */
  add(job: Job, start: (turn: Turn) => void): Turn {
    const known = this.#environments.get(job.environment);
    const queue = known ?? new EnvironmentQueue(this.#workers, this.#processors, this.queues);
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
    this.queues.close();
    for (const queue of this.#environments.values()) queue.close();
  }
}
