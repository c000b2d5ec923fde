import type { TriggerId } from "./triggers.ts";

/** A request for the runs of a span of time. */
export interface NewBackfill {
  readonly trigger: TriggerId;
  /** The first firing is at this time or after it. */
  readonly from: Date;
  /** The last firing is before this time. */
  readonly to: Date;
  /** Maximum number of its runs at once. */
  readonly concurrency: number;
}

/** A backfill, as a snapshot. */
export interface BackfillRecord extends NewBackfill {
  readonly id: number;
  /** Number of firings in the span. */
  readonly total: number;
  readonly succeeded: number;
  /** Number of runs that did not succeed, and of firings that started none. */
  readonly failed: number;
  readonly phase: "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED";
  readonly createdAt: Date;
}

/** Starts the runs that triggers would have started. */
export interface Backfills {
  /**
   * Starts one run for each firing of a span, in order, each under its time: those that fired by the clock are not run again.
   * The same span asked for while it is under way is the same backfill. On disk when it resolves.
   *
   * @throws AppEnvError NOT_FOUND, INVALID_OPTION, DISK_FULL, STATE_UNWRITABLE.
   */
  start(asked: NewBackfill): BackfillRecord;
  /** The number of firings of a span that would have runs. @throws AppEnvError NOT_FOUND, INVALID_OPTION. */
  count(asked: NewBackfill): number;
  get(id: number): BackfillRecord | undefined;
  /** The newest first. An empty project or domain: all. */
  list(scope: { readonly project: string; readonly domain: string }): readonly BackfillRecord[];
  /** Starts no more runs; those that go on are left. Without effect if it has ended. @throws AppEnvError NOT_FOUND. */
  abort(id: number): BackfillRecord;
  /** Called after each change, until the returned function is called. */
  subscribe(listener: (record: BackfillRecord) => void): () => void;
  close(): void;
}
