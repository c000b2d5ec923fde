import type { ActionPhase } from "@appenv/protocol";
import type { ActionError } from "@appenv/runtime";
import type { ActionRecord } from "../contracts/actions.ts";
import type { Payload } from "../objects/objects.ts";

/** Maximum number of actions in a run: an action's id is its run's id times this, plus its place in the run. */
export const idsPerRun: number = 131_072;

/** An action as it is written. What is readonly is written once. Times are milliseconds since 1970. */
export interface ActionRow {
  readonly id: number;
  readonly run: number;
  readonly name: string;
  readonly parent: number | undefined;
  readonly kind: ActionRecord["kind"];
  /** Of traces, conditions and events: their name. */
  readonly label: string;
  readonly group: string;
  /** The id of the task's row. */
  readonly task: number | undefined;
  readonly condition: ActionRecord["condition"];
  readonly event: ActionRecord["event"];
  readonly createdAt: number;
  deadlineAt: number | undefined;
  /** Number of the run's actions that had ended when it was asked for; undefined for those of older platforms. */
  readonly endedBefore: number | undefined;
  /** True if it was called in an `uncancelled` scope of its parent. */
  readonly uncancelled: boolean;
  /** The key by which its queue limits it; empty without one. */
  queueKey: string;
  /** The highest starts first. */
  readonly priority: number;
  /** Its trace context, as `traceText` writes it. */
  trace: string | undefined;
  /** True if it is in the database. */
  stored: boolean;
  /** Undefined once it is stored: then it is read from there. */
  inputs: Payload | undefined;
  /** Undefined once it is stored. */
  outputs: Payload | undefined;
  phase: ActionPhase;
  queuedAt: number | undefined;
  startedAt: number | undefined;
  endedAt: number | undefined;
  /** Counts the ends of the run's actions: the order in which callers were told of them. */
  endedOrder: number | undefined;
  /** The time of its next try. */
  nextAt: number | undefined;
  /** Number of attempts that have begun. */
  attempts: number;
  /** Number of those that count against the task's retries. */
  failures: number;
  systemFailures: number;
  /** True if its attempts have a process to themselves since one of them was in a process that crashed. */
  isolated: boolean;
  cache: ActionRecord["cache"];
  error: ActionError | undefined;
  abortReason: string | undefined;
  progress: ActionRecord["progress"];
  hasReport: boolean;
  /** True if it ended when its parent had been cancelled. */
  late: boolean;
  /** Set while a cancelled action has open `uncancelled` scopes, which run to their end. */
  cancelled: CancelledRow | undefined;
}

/** A cancellation as it is stored, so that another attempt can go through it again. */
export interface CancelledRow {
  readonly reason: "aborted" | "timed-out";
  readonly error: ActionError;
  /** The end of the action, if not only this attempt is cancelled. */
  readonly outcome?: Outcome;
  /** The longest time limit of its `uncancelled` scopes, in milliseconds. */
  readonly limitMs: number;
  /** The number of processes lost since. */
  readonly losses: number;
}

/** The end of an action. */
export interface Outcome {
  readonly phase: "SUCCEEDED" | "FAILED" | "ABORTED" | "TIMED_OUT";
  readonly outputs?: Payload;
  readonly error?: ActionError;
  /** Of an aborted one, as it was given. */
  readonly reason?: string;
}

/** An attempt as it is written. */
export interface AttemptRow {
  readonly action: number;
  readonly attempt: number;
  readonly queuedAt: number;
  phase: ActionPhase;
  startedAt: number | undefined;
  endedAt: number | undefined;
  error: ActionError | undefined;
}
