/** The phase of a run. */
export type RunPhase =
  | "QUEUED"
  | "WAITING_FOR_RESOURCES"
  | "INITIALIZING"
  | "RUNNING"
  | "PAUSED"
  | "SUCCEEDED"
  | "FAILED"
  | "ABORTED"
  | "TIMED_OUT"
  | "RECOVERED";

/** A run as an app shows it: see `exposeTask` and `exposeRuns` of `@appenv/webhooks`. */
export interface ShownRun<Output = unknown> {
  readonly name: string;
  readonly phase: RunPhase;
  /** True once it has ended. */
  readonly done: boolean;
  /** Its page in the console. */
  readonly url: string;
  /** The task's output, once it has succeeded. */
  readonly output?: Output;
  /** The reason for which it did not succeed. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** The latest word of an action about itself: `ctx.progress` and `ctx.metadata`. */
export interface ActionProgress {
  /** `a0` for the first action of the run. */
  readonly action: string;
  readonly progress?: { readonly done: number; readonly total: number; readonly message: string };
  readonly metadata: Readonly<Record<string, unknown>>;
}
