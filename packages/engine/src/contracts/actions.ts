import type { ActionId, ActionPhase, TaskId } from "@appenv/protocol";
import type { ActionError, ActionRequest } from "@appenv/runtime";

/** One attempt of an action. */
export interface AttemptRecord {
  /** From 1. */
  readonly attempt: number;
  readonly phase: ActionPhase;
  /** The time from which it could start. */
  readonly queuedAt: Date;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  readonly error: ActionError | undefined;
}

/** An action, as a snapshot. */
export interface ActionRecord {
  readonly id: ActionId;
  readonly kind: "task" | "trace" | "condition" | "sleep" | "event";
  /** Undefined for the first action of a run. */
  readonly parent: string | undefined;
  readonly group: string;
  /** Of the task, or of the traced function, condition or event; `sleep` for sleeps. */
  readonly name: string;
  /** For tasks. */
  readonly task: TaskId | undefined;
  /** For conditions. */
  readonly condition: Extract<ActionRequest, { kind: "condition" }>["condition"] | undefined;
  /** For events. */
  readonly event?: Extract<ActionRequest, { kind: "event" }>["event"] | undefined;
  /** `RECOVERED`: its result was taken over from the run that its own recovers. */
  readonly phase: ActionPhase;
  /** The name of that run, of a recovered one. */
  readonly recoveredFrom?: string;
  /** The end of a sleep, as it was planned. */
  readonly until?: Date;
  readonly createdAt: Date;
  /** The planned start of a run that begins later. */
  readonly scheduledAt?: Date;
  /** The begin of its first attempt. */
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** Empty for traces and conditions, and for results that were taken from the cache or from another run. */
  readonly attempts: readonly AttemptRecord[];
  readonly cache: "disabled" | "miss" | "hit" | "populated";
  /** Of a failed, aborted or timed out one. */
  readonly error: ActionError | undefined;
  /** Of an aborted one. */
  readonly abort: { readonly reason: string } | undefined;
  readonly progress: { readonly done: number; readonly total: number; readonly message: string } | undefined;
  readonly hasReport: boolean;
  /** Counts the changes of this action: a watcher that has seen it at 5 wants those above 5. */
  readonly revision: number;
}

/** A change of an action. */
export interface ActionEvent {
  /** Of the action. */
  readonly id: ActionId;
  /** Read from the database when it is first asked for: look at `id` first, and at this only if it matters. */
  readonly action: ActionRecord;
}
