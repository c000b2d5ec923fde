import type { RateSettings } from "@appenv/core/internal";
import type { Clock } from "../live/clock.ts";
import type { KnownQueue, QueueBook, QueueId } from "../scheduler/queue-contract.ts";
import type { TaskStore } from "../store/task-store.ts";

/**
 * Time that is added to starts from before a restart, in milliseconds: they were written a moment before they began, and it
 * is not known how long.
 */
const slackMs = 1_000;
/** Time after which no rate counts a start, in milliseconds: more than the longest span. */
const countedMs = 8 * 86_400_000;

/** The part of queues that is on disk: their limits, pauses, and the starts that their rates count. */
export class StoredQueues implements QueueBook {
  readonly #store: TaskStore;
  readonly #clock: Clock;
  #closed = false;

  constructor(store: TaskStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    // Of queues that an earlier platform had, and that nobody uses any more.
    store.committer.save({}, () => store.queues.forgetAll(clock.now() - countedMs));
  }

  open(id: QueueId): KnownQueue {
    const { deployedQueues, pauses, queues } = this.#store;
    const now = this.#clock.now();
    const starts = Map.groupBy(queues.starts(id), ({ key }) => key);
    const agesOf = (rows: readonly { readonly at: number }[]): readonly number[] =>
      rows.map(({ at }) => Math.max(now - at - slackMs, 0));
    return {
      limits: deployedQueues.find(id)?.limits,
      paused: pauses.find(id),
      starts: new Map([...starts].map(([key, rows]) => [key, agesOf(rows)])),
    };
  }

  started(id: QueueId, key: string, { perMs }: RateSettings, then: () => void): void {
    const { committer, queues } = this.#store;
    const now = this.#clock.now();
    committer.save({}, () => {
      queues.forget(id, key, now - perMs - slackMs);
      queues.start(id, key, now);
    });
    committer.whenStored(() => {
      if (!this.#closed) then();
    });
  }

  emptied(id: QueueId, key: string): void {
    const { committer, queues } = this.#store;
    const now = this.#clock.now();
    if (!this.#closed) committer.save({}, () => queues.forget(id, key, now));
  }

  /** Begins nothing more. */
  close(): void {
    this.#closed = true;
  }
}
