/** Flyte's phases of a run and of an action; the last five are final. `RECOVERED`: succeeded in the run that this one recovers. */
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
