import type { NotificationRecord } from "./notifications.ts";
import type { ActionId, RunId } from "@appenv/protocol";
import type { Page, Listed } from "./lists.ts";
import type { ActionRecord, ActionEvent } from "./actions.ts";
import type { EventFilter, EventRecord, EventWait, NewEvent, SentEvent } from "./events.ts";
import type { EnqueuedAction } from "./enqueue.ts";
import type { StreamBatch, StreamReadOptions, StreamRecord } from "./streams.ts";
import type { TaskTotals } from "./totals.ts";
import type { WaitReason } from "../scheduler/turn.ts";
import type { QueueControl } from "./queues.ts";
import type { RunRecord, NewRun, RunCounts, RunFilter, RunEnd } from "./runs.ts";

/** Runs tasks. The services call it; it knows nothing of HTTP. */
export interface TaskEngine {
  /** The queues in which actions wait. */
  readonly queues: QueueControl;
  /**
   * Accepts a run: it is on disk when this resolves, and will end whatever happens to this process.
   * @throws AppEnvError RUN_EXISTS, IDEMPOTENCY_CONFLICT, INVALID_INPUT, PAYLOAD_TOO_LARGE, UNSUPPORTED, NOT_FOUND
   * (`recover`), DISK_FULL, STATE_UNWRITABLE.
   */
  createRun(run: NewRun): Promise<RunRecord>;
  /** Accepts runs in one transaction: all of them, in this order, or none. @throws AppEnvError as `createRun`. */
  createRuns(runs: readonly NewRun[]): Promise<readonly RunRecord[]>;
  getRun(id: RunId): RunRecord | undefined;
  getAction(id: ActionId): ActionRecord | undefined;
  /** The newest first. */
  listRuns(scope: RunFilter, page: Page): Listed<RunRecord>;
  /** The number of runs created from a time on, in milliseconds since 1970, and before another, by how they stand now. */
  countRuns(scope: Pick<RunFilter, "project" | "domain">, from: number, before: number): RunCounts;
  /** In order of their creation. */
  listActions(run: RunId, page: Page): Listed<ActionRecord>;
  /** Cancels a run, or one of its actions, and everything below. Without effect if it has ended. @throws AppEnvError NOT_FOUND. */
  abort(id: ActionId, reason: string): Promise<void>;
  /**
   * Deletes a run that has ended, with all that belongs to it alone: actions, attempts, reports, logs, files, large values,
   * results in the cache. No list has it from its first step on, and nothing is left of it when this resolves; after a crash in
   * between the next engine deletes the rest. Its name and its idempotency key are free then.
   * @throws AppEnvError NOT_FOUND, RUN_IN_USE, DISK_FULL, STATE_UNWRITABLE.
   */
  deleteRun(id: RunId): Promise<void>;
  /** Gives a condition its value (`core.Literal`). @param by - Who does, as logs name it. @throws AppEnvError NOT_FOUND, CONDITION_NOT_WAITING, INVALID_INPUT. */
  signal(id: ActionId, value: Uint8Array, by?: string): Promise<void>;
  /**
   * Gives the condition of a name, or of an action of that name, its value: the first of these (`core.Literal`) that it
   * takes. If the run has asked for none of that name yet, it is kept for the first one; resolves with whether it was.
   * @throws AppEnvError NOT_FOUND, CONDITION_NOT_WAITING, INVALID_INPUT, INVALID_OPTION, PAYLOAD_TOO_LARGE.
   */
  signalByName(id: RunId, name: string, values: readonly Uint8Array[], by?: string): Promise<boolean>;
  /** The one who answered a condition, as logs name it; undefined if that is not known. */
  answeredBy(id: ActionId): string | undefined;
  /**
   * Sends an event to each run that waits for it, and keeps it for those that do later; on disk when it resolves.
   * @throws AppEnvError PAYLOAD_TOO_LARGE, INVALID_INPUT, IDEMPOTENCY_CONFLICT, DISK_FULL, STATE_UNWRITABLE.
   */
  sendEvent(event: NewEvent): Promise<SentEvent>;
  /** The events that are kept, the newest first. */
  listEvents(asked: EventFilter): readonly EventRecord[];
  /** The actions that wait for an event, the one that has waited longest first. */
  listEventWaits(asked: EventFilter): readonly EventWait[];
  /**
   * Makes a child of an action whose program asks for it over the API, or joins the one that is there; on disk when it resolves.
   * @param parent - The action that the program runs.
   * @throws AppEnvError NOT_FOUND, INVALID_INPUT, ABORTED, UNSUPPORTED, PERMISSION_DENIED, PAYLOAD_TOO_LARGE, TASK_CYCLE,
   * TOO_MANY_ACTIONS.
   */
  enqueue(parent: ActionId, asked: EnqueuedAction): Promise<void>;
  /**
   * Calls back once when a run's end is on disk, at once if it is, unless the returned function is called before.
   * @throws AppEnvError NOT_FOUND.
   */
  follow(id: RunId, ended: (end: RunEnd) => void): () => void;
  /** `task.Inputs`. @throws AppEnvError NOT_FOUND. */
  inputs(id: ActionId): Uint8Array;
  /** `task.Outputs`; undefined before it succeeded. @throws AppEnvError NOT_FOUND. */
  outputs(id: ActionId): Uint8Array | undefined;
  /** The HTML of its report. */
  report(id: ActionId): string | undefined;
  /** The notifications of a run, in the order of their rules; none before its end. @throws AppEnvError NOT_FOUND. */
  notifications(id: RunId): readonly NotificationRecord[];
  /** The metadata that an action has set, as JSON. */
  metadata(id: ActionId): string | undefined;
  /** In order of their names. @throws AppEnvError NOT_FOUND. */
  streams(id: RunId): readonly StreamRecord[];
  /**
   * Reads a stream of a run from an offset on: only what is on disk, and no faster than it is asked for. One that is not there
   * yet is waited for, until the run ends.
   * @throws AppEnvError NOT_FOUND.
   */
  readStream(id: RunId, name: string, options: StreamReadOptions): AsyncGenerator<StreamBatch>;
  /** The reason for which an action does not run yet; undefined if it runs, waits for its children or somebody, or has ended. */
  whyWaiting(id: ActionId): WaitReason | undefined;
  /** Numbers about each task whose actions this engine has run. */
  totals(): readonly TaskTotals[];
  /** Called after each change, once it is on disk, until the returned function is called. */
  subscribe(listener: (event: ActionEvent) => void): () => void;
  /** Ends the workers; the next platform runs live attempts again. */
  close(): Promise<void>;
}
