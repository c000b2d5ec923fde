/** How long things may take on the platform, in milliseconds. */
export interface AppTiming {
  /** From a replica's start to its readiness. */
  readonly startMs: number;
  /** For what is open when a replica gives way to another revision or is not needed any more. */
  readonly drainMs: number;
  /** The same, when the app or the platform is stopped. */
  readonly stopMs: number;
  /** How often load is looked at while an app has replicas. */
  readonly tickMs: number;
  /** How long a connection waits for a replica. */
  readonly holdMs: number;
  /** How many connections wait for a replica, per app. */
  readonly holdConnections: number;
  /** After this long without a sign of life a replica counts as hung. They give one every 5 seconds. */
  readonly silenceMs: number;
  /** A replica that lived this long did not crash at start: the count of crashes begins anew. */
  readonly stableMs: number;
}

/** What holds where nothing else was said. */
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
