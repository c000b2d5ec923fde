import type { RateSettings } from "@appenv/core/internal";

/** The identity of a queue. */
export interface QueueId {
  readonly project: string;
  readonly domain: string;
  /** `environment.task`, or the name that tasks share. */
  readonly name: string;
}

/** The limits of each key of a queue. */
export interface QueueLimits {
  readonly concurrency: number | undefined;
  readonly rate: RateSettings | undefined;
}

/** A pause of a queue. */
export interface QueuePause {
  readonly at: Date;
  /** The one who paused it, as the log of changes names them. */
  readonly by: string;
}

/** A queue as it is known when its first job comes. */
export interface KnownQueue {
  /** Undefined if no deployed task has it: then its jobs tell. */
  readonly limits: QueueLimits | undefined;
  readonly paused: QueuePause | undefined;
  /** The ages of the starts that count, in milliseconds, by key. */
  readonly starts: ReadonlyMap<string, readonly number[]>;
}

/** The part of queues that outlives the process. */
export interface QueueBook {
  open(id: QueueId): KnownQueue;
  /** Writes a start that a rate counts, and calls back once it is on disk. */
  started(id: QueueId, key: string, rate: RateSettings, then: () => void): void;
  /** Called when no start of a key counts any more. */
  emptied(id: QueueId, key: string): void;
}

/** A book for queues without limits of their own, of which nothing outlives the process. */
export const noBook: QueueBook = {
  open: () => ({ limits: undefined, paused: undefined, starts: new Map() }),
  started: (_id, _key, _rate, then) => then(),
  emptied: () => {},
};
