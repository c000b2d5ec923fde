import type { QueueId, QueuePause } from "../scheduler/queue-contract.ts";
import type { Committer } from "../store/committer.ts";
import type { QueueTable } from "../store/queue-table.ts";

type Known = Map<string, { readonly id: QueueId; readonly pause: QueuePause }>;

/** The pauses of queues: on disk, and in memory as they are there. */
export class Pauses {
  readonly #table: QueueTable;
  readonly #committer: Committer;
  #known: Known | undefined;

  constructor(table: QueueTable, committer: Committer) {
    this.#table = table;
    this.#committer = committer;
  }

  find(id: QueueId): QueuePause | undefined {
    return this.#all().get(keyOf(id))?.pause;
  }

  list(): readonly QueueId[] {
    return [...this.#all().values()].map(({ id }) => id);
  }

  /**
   * Pauses a queue, or ends its pause. A pause that lasts stays as it is.
   *
   * @param stored - Called once it is on disk, with the pause of the queue.
   * @throws AppEnvError DISK_FULL, STATE_UNWRITABLE.
   */
  set(
    { project, domain, name }: QueueId,
    pause: QueuePause | undefined,
    stored: (pause: QueuePause | undefined) => void,
  ): Promise<void> {
    const id = { project, domain, name };
    const write = (): void => {
      if (pause === undefined) this.#table.resume(id);
      else this.#table.pause(id, pause);
    };
    return this.#committer.commit(write, () => {
      if (pause === undefined) this.#all().delete(keyOf(id));
      else if (this.find(id) === undefined) this.#all().set(keyOf(id), { id, pause });
      stored(this.find(id));
    });
  }

  #all(): Known {
    this.#known ??= new Map(this.#table.paused().map((one) => [keyOf(one.id), one]));
    return this.#known;
  }
}

function keyOf({ project, domain, name }: QueueId): string {
  return JSON.stringify([project, domain, name]);
}
