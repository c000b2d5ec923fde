/** A control plane that is started for the tests. */
export interface StartedControlPlane {
  readonly endpoint: string;
  close(): Promise<void>;
  /** Fires a trigger, meant for a time, and returns the name of its run; for one that `firesOnDemand`. */
  fire?(task: string, trigger: string, at: Date): string;
}

/** A control plane, and its abilities beyond those that every one has. What one lacks is refused there, and that is tested. */
export interface ControlPlaneUnderTest {
  readonly name: string;
  readonly abilities: PlatformAbilities;
  start(): Promise<StartedControlPlane>;
}

/** Abilities that not every control plane has. */
export interface PlatformAbilities {
  /** Lets a test fire its triggers; elsewhere the test would wait for the time. */
  readonly firesOnDemand: boolean;
  /** Sends events to runs that wait for them. */
  readonly hasEvents: boolean;
  /** Makes links that answer conditions. */
  readonly hasLinks: boolean;
  /** Keeps streams and the progress of runs. */
  readonly hasStreams: boolean;
  /** Keeps a signal for a condition that nobody has asked for yet. */
  readonly keepsSignals: boolean;
  /** Lists runs by their labels. */
  readonly listsByLabels: boolean;
  /** Takes a name and an idempotency key for one run. */
  readonly namesKeyedRuns: boolean;
  /** Starts runs later, and lets them expire: `delay`, `at`, `ttl`. */
  readonly schedules: boolean;
  /** Shows a sleep as one; elsewhere it is a trace. */
  readonly showsSleeps: boolean;
  /** Tells the next firings of triggers. */
  readonly tellsFirings: boolean;
  /** Computes cached results anew: `overwriteCache`. */
  readonly overwritesCache: boolean;
  /** Keeps what succeeded in another run: `recover`. */
  readonly recovers: boolean;
}
