import type { ReplicaSnapshot } from "./replica-snapshot.ts";

/** A replica that has ended. */
export interface EndedReplica {
  readonly name: string;
  readonly revision: number;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** The error code of its fault, for example `OOM_KILLED`; empty if the platform did not need it any more. */
  readonly code: string;
  /** Its end in words, with its last output if it crashed. */
  readonly message: string;
  /** Unset if a signal ended it. */
  readonly exitCode?: number;
  readonly signal?: string;
}

/** The kind of a reason. */
export type ReasonKind =
  | "failed"
  | "backoff"
  | "waiting"
  | "starting"
  | "rollout"
  | "check"
  | "dependency"
  | "memory"
  | "no-replicas"
  | "max-replicas"
  | "idle";

/** A reason why an app is not ready, restarts or does not scale. */
export interface Reason {
  readonly kind: ReasonKind;
  /** For people. */
  readonly message: string;
  /** The moment at which something follows by itself. */
  readonly until?: Date;
}

/** The replicas of an app one by one, and why it stands as it does. */
export interface AppReport {
  readonly replicas: readonly ReplicaSnapshot[];
  /** The latest first. */
  readonly ended: readonly EndedReplica[];
  /** Replicas that ended by a fault of theirs since the platform started. */
  readonly restarts: number;
  /** The weightiest first. */
  readonly reasons: readonly Reason[];
}
