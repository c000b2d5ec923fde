import type { QueueId, QueueLimits, QueuePause } from "../scheduler/queue-contract.ts";

/** A queue as it is now. */
export interface QueueRecord {
  readonly id: QueueId;
  /** The deployed tasks that have it: `environment.task`. */
  readonly tasks: readonly string[];
  /** Of each key. */
  readonly limits: QueueLimits;
  /** The parts of the input that are the key, as they are written in code; empty without one. */
  readonly key: string;
  /** The number of actions that wait. */
  readonly waiting: number;
  /** The number of those that run; one that waits for children or for a person does not count. */
  readonly running: number;
  /** The number of keys of which something waits or runs. */
  readonly keys: number;
  /** The time since which the oldest one waits. */
  readonly oldestAt: Date | undefined;
  readonly paused: QueuePause | undefined;
}

/** One key of a queue as it is now. */
export interface QueueKeyRecord {
  /** Empty for what has none. */
  readonly key: string;
  readonly waiting: number;
  readonly running: number;
  readonly oldestAt: Date | undefined;
  /** The starts that the rate allows now; undefined without a rate. */
  readonly rateLeft: number | undefined;
  /** The time from which the rate allows another start; undefined if it does now. */
  readonly nextAt: Date | undefined;
}

/** An action that waits in a queue. */
export interface QueuedAction {
  readonly run: string;
  readonly action: string;
  /** `environment.task`. */
  readonly task: string;
  readonly key: string;
  readonly priority: number;
  readonly queuedAt: Date;
}

/** The queues of all tasks. */
export interface QueueControl {
  /** Queues that deployed tasks have, that are paused, or in which something waits or runs; by name. An empty project or domain: of all. */
  list(scope: Pick<QueueId, "project" | "domain">): readonly QueueRecord[];
  get(id: QueueId): QueueRecord | undefined;
  /** The keys of which most wait, then those of which most run. */
  keys(id: QueueId, limit: number): readonly QueueKeyRecord[];
  /** The waiting actions from a place on, in the order in which they start as it is now; of one key if that is given. */
  waiting(id: QueueId, from: number, limit: number, key?: string): readonly QueuedAction[];
  /**
   * Lets nothing of a queue start until it is resumed; what runs goes on. On disk when it resolves. Without effect on one that is
   * paused. @param by - For people. @throws AppEnvError NOT_FOUND, DISK_FULL, STATE_UNWRITABLE.
   */
  pause(id: QueueId, by: string): Promise<void>;
  /** On disk when it resolves. Without effect on one that is not paused. @throws AppEnvError NOT_FOUND, DISK_FULL, STATE_UNWRITABLE. */
  resume(id: QueueId): Promise<void>;
  /** Calls back for each queue in which something has changed, perhaps often. Returns the end of that. */
  subscribe(listener: (id: QueueId) => void): () => void;
}
