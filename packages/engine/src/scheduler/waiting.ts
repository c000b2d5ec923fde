import type { Job } from "./turn.ts";

/** A job in a queue, as its key and its strand see it. */
export interface Waiting {
  readonly job: Job;
  readonly state: "waiting" | "running" | "paused" | "gone";
  /** The strand in which it waits, or waited last. */
  readonly strand: WaitingStrand | undefined;
}

/** Jobs of one key and one priority, as the key sees them. */
export interface WaitingStrand {
  readonly priority: number;
  readonly owner: StrandOwner;
  /** The number of its jobs. */
  readonly waiting: number;
  /** Position of the run whose turn it is. */
  readonly since: number;
  /** Lets it take turns again. Returns whether it had to wait for its key. */
  unpark(): boolean;
  /** The number of its jobs that start before one. */
  positionOf(job: Waiting): number;
  /** Its jobs in the order in which they start, as it is now. */
  inOrder(): Iterator<Waiting>;
}

/** The place of a strand: its environment's queue. */
export interface StrandOwner {
  /** Starts what may start. */
  startAll(): void;
}
