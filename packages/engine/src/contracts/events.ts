import type { ActionId } from "@appenv/protocol";

/** An event to be sent. */
export interface NewEvent {
  readonly project: string;
  readonly domain: string;
  readonly name: string;
  /** Empty: none. */
  readonly key: string;
  /** Written as the values of traces are. */
  readonly value: Uint8Array;
  /** Time for which it is kept, in milliseconds. */
  readonly keepMs: number;
  /** The sender, as logs name it. */
  readonly sender: string;
  /** Two calls with one key (in a project and domain) send one event. */
  readonly idempotencyKey?: string;
}

/** A choice among events, or among those that wait for them. */
export interface EventFilter {
  /** Empty: all, as for the others. */
  readonly project: string;
  readonly domain: string;
  readonly name: string;
  readonly limit: number;
}

/** An action that waits for an event. */
export interface EventWait extends ActionId {
  /** Of the event. */
  readonly name: string;
  /** Empty: none. */
  readonly key: string;
  readonly since: Date;
}

/** An event that is kept. */
export interface EventRecord {
  readonly project: string;
  readonly domain: string;
  /** Counts the events of a platform. */
  readonly id: number;
  readonly name: string;
  readonly key: string;
  readonly sentAt: Date;
  readonly keepUntil: Date;
  readonly sender: string;
  readonly value: Uint8Array;
}

/** The outcome of sending an event. */
export interface SentEvent {
  readonly id: number;
  /** Number of runs that were waiting for it. */
  readonly delivered: number;
}
