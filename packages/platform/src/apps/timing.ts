/** Time limits and intervals of apps, in milliseconds. */
export interface AppTiming {
  /** From a replica's start to its readiness. */
  readonly startMs: number;
  /** For what is open when a replica gives way to another revision or is not needed any more. */
  readonly drainMs: number;
  /** The same, when the app or the platform is stopped. */
  readonly stopMs: number;
  /** The interval between two looks at the load while an app has replicas. */
  readonly tickMs: number;
  /** The time a connection waits for a replica. */
  readonly holdMs: number;
  /** Maximum number of connections of an app that wait for a replica. */
  readonly holdConnections: number;
  /** After this long without a sign of life a replica counts as hung. They give one every 5 seconds. */
  readonly silenceMs: number;
  /** A replica that lived this long did not crash at start: the count of crashes begins anew. */
  readonly stableMs: number;
}

/** The defaults. */
export const defaultTiming: AppTiming = {
  startMs: 60_000,
  drainMs: 30_000,
  stopMs: 10_000,
  tickMs: 250,
  holdMs: 60_000,
  holdConnections: 1_000,
  silenceMs: 30_000,
  stableMs: 60_000,
};
