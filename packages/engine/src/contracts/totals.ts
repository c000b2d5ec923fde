import type { ActionPhase } from "@appenv/protocol";

/** Times counted by their length. */
export interface TimeTotals {
  /** By the bucket of `timeBucketEnds`; those that took longer than all of these come last. */
  readonly counts: readonly number[];
  /** Of all of them, in seconds. */
  readonly sum: number;
}

/** Numbers about the actions of a task, in all of its versions. */
export interface TaskTotals {
  readonly project: string;
  readonly domain: string;
  /** `environment.task`. */
  readonly task: string;
  /** Actions that have ended since the engine began, by their last phase. */
  readonly ended: ReadonlyMap<ActionPhase, number>;
  /** The executions of these, retries included. */
  readonly attempts: number;
  /** The time of these from their creation to the begin of their first attempt; not of those that had none. */
  readonly waited: TimeTotals;
  /** The time of these from there to their end. */
  readonly ran: TimeTotals;
  /** Actions that have not ended, by the phase that they are in now. */
  readonly live: ReadonlyMap<ActionPhase, number>;
}

/** The ends of the buckets that times are counted in, in seconds. */
export const timeBucketEnds: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400,
];
