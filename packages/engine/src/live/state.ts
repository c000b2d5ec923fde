import type { RunId, RunSettings } from "@appenv/protocol";
import type { ActionError, ActionOutcome } from "@appenv/runtime";
import type { RunEnd } from "../contracts/runs.ts";
import type { RunningAttempt } from "../contracts/attempts.ts";
import { Listeners } from "@appenv/core/internal";
import type { ActionRow, AttemptRow, Outcome } from "../store/rows.ts";
import type { RerunPlan } from "../runs/rerun-plan.ts";
import type { KeptSignal } from "../store/signal-table.ts";
import type { StoredTask } from "../store/task-table.ts";
import type { ReplayOrder } from "@appenv/runtime/replay";
import type { Turn } from "../scheduler/turn.ts";

/** The callers that wait for the end of one run. */
export function newFollowers(): Listeners<RunEnd> {
  return new Listeners("the end of a run");
}

/** A run that has not ended. */
export interface RunState extends RunId {
  /** Of its row. */
  readonly row: number;
  readonly settings: RunSettings;
  /** The run whose results are taken over, by its row. */
  readonly recovers: number | undefined;
  /** The part of it that runs again all the same, or with other inputs. */
  readonly rerun: RerunPlan | undefined;
  /** Its actions that have not ended, or whose end is not on disk yet, by name. */
  readonly live: Map<string, ActionState>;
  /** Called when its end is on disk. */
  readonly followers: Listeners<RunEnd>;
  /** The place of the action that was made last; the first has place 0. */
  last: number;
  /** The number of its actions that have ended. */
  ended: number;
  /** The last event that it was given, of each name and key, by `eventKey`. */
  readonly eventCursors: Map<string, number>;
  /** Values for conditions that were not asked for yet, by the conditions' names. */
  readonly signals: Map<string, KeptSignal>;
}

/**
 * The place of an action in a run that runs again from some of another one's. `above`: it has one of those below it.
 * `again`: it is one, or followed one, and so does all below. `open`: its result may be kept, and so may those below.
 */
export type Fate = "above" | "again" | "open";

/** An action of a live run. */
export interface ActionState {
  readonly row: ActionRow;
  readonly run: RunState;
  readonly parent: ActionState | undefined;
  /** 0 for the first. */
  readonly depth: number;
  readonly task: StoredTask | undefined;
  /** Its children that have not ended. */
  readonly children: Set<ActionState>;
  /** The number of its children that wait for people only. */
  pausedChildren: number;
  /** True if it waits for people only: conditions do, and tasks as `reconsider` finds. */
  paused: boolean;
  /** Calls that wait for its end. */
  readonly waiters: Waiter[];
  /** True if a restart found it, and nobody has asked for it since. */
  asleep: boolean;
  /** Of its inputs; made when it is first needed. */
  digest: string | undefined;
  cacheKey: string | undefined;
  /** Made when it is first needed, in a run that runs again from an action. */
  fate: Fate | undefined;
  attempt: AttemptState | undefined;
  turn: Turn | undefined;
  /** Grows with each crash of a shared worker that it was in. */
  suspicion: number;
  /** True once its total time is over. */
  expired: boolean;
  /** By the clock that does not jump. */
  deadline: number | undefined;
  /** Its outcome as soon as nothing of it runs. */
  stopping: Outcome | undefined;
  /** Its outcome as soon as its children have ended. */
  outcome: Outcome | undefined;
  /** True while a signal for it is on its way to the disk. */
  signalled: boolean;
  readonly timers: Partial<Record<TimerName, () => void>>;
}

/** Names of the timers of an action. */
export type TimerName = "deadline" | "retry" | "queue" | "runtime" | "overdue" | "expiry";

/** A call of a parent's attempt. */
export interface Waiter {
  readonly attempt: AttemptState;
  readonly call: number;
}

/** An attempt that runs. */
export interface AttemptState {
  readonly row: AttemptRow;
  readonly action: ActionState;
  /** Undefined until the workers have taken it. */
  running: RunningAttempt | undefined;
  /** Answers that came before that. */
  readonly early: { readonly call: number; readonly outcome: ActionOutcome }[];
  /** Number of its calls that wait for other actions. */
  waiting: number;
  /** The order in which it is given recorded results. */
  readonly replay: ReplayOrder;
  /** Traces that it computes because nothing was recorded, by their actions' names. */
  readonly traces: Map<string, StartedTrace>;
  /** Open `uncancelled` scopes by number: how long each may go on after a cancellation, in milliseconds. */
  readonly scopes: Map<number, number>;
  /** True if it goes through a cancellation again that an earlier attempt did not finish. */
  readonly resumed: boolean;
  /** Set once it is cancelled. */
  cancelled:
    | {
        readonly reason: "aborted" | "timed-out";
        readonly error: ActionError;
        /** By the clock that does not jump. */
        readonly at: number;
      }
    | undefined;
  /** True while its result is being stored. */
  over: boolean;
}

/** A trace that is being computed. */
export interface StartedTrace {
  readonly traced: string;
  readonly group: string;
  /** Number of the run's actions that had ended when it began. */
  readonly endedBefore: number;
}

/** A new action in memory. It is part of its run until its end is on disk. */
export function addAction(
  run: RunState,
  row: ActionRow,
  parent: ActionState | undefined,
  task: StoredTask | undefined,
): ActionState {
  const action: ActionState = {
    row,
    run,
    parent,
    depth: parent === undefined ? 0 : parent.depth + 1,
    task,
    children: new Set(),
    pausedChildren: 0,
    paused: row.kind === "condition" || row.kind === "event",
    waiters: [],
    asleep: false,
    digest: undefined,
    cacheKey: undefined,
    fate: undefined,
    attempt: undefined,
    turn: undefined,
    suspicion: 0,
    expired: false,
    deadline: undefined,
    stopping: undefined,
    outcome: undefined,
    signalled: false,
    timers: {},
  };
  run.live.set(row.name, action);
  parent?.children.add(action);
  if (parent !== undefined && action.paused) parent.pausedChildren += 1;
  return action;
}

/** An action that has ended is no child of its parent any more. */
export function removeFromParent(action: ActionState): void {
  const { parent, paused } = action;
  if (parent?.children.delete(action) === true && paused) parent.pausedChildren -= 1;
}

/** A row of an action that has done nothing yet. */
export function newRow(
  fields: Pick<ActionRow, "id" | "run" | "name" | "kind" | "createdAt"> & Partial<ActionRow>,
): ActionRow {
  return {
    parent: undefined,
    label: "",
    group: "",
    task: undefined,
    condition: undefined,
    event: undefined,
    deadlineAt: undefined,
    uncancelled: false,
    queueKey: "",
    priority: 0,
    trace: undefined,
    stored: false,
    inputs: undefined,
    outputs: undefined,
    phase: "QUEUED",
    queuedAt: undefined,
    startedAt: undefined,
    endedAt: undefined,
    endedOrder: undefined,
    nextAt: undefined,
    attempts: 0,
    failures: 0,
    systemFailures: 0,
    isolated: false,
    cache: "disabled",
    error: undefined,
    abortReason: undefined,
    progress: undefined,
    hasReport: false,
    late: false,
    endedBefore: undefined,
    cancelled: undefined,
    ...fields,
  };
}
