import type { ActionId, RunId } from "@appenv/protocol";
import type { ActionEvent, ActionRecord } from "./contracts/actions.ts";
import type { TaskEngine } from "./contracts/engine.ts";
import type { EventFilter, EventRecord, EventWait, NewEvent, SentEvent } from "./contracts/events.ts";
import type { EnqueuedAction } from "./contracts/enqueue.ts";
import type { Listed, Page } from "./contracts/lists.ts";
import type { StreamBatch, StreamReadOptions, StreamRecord } from "./contracts/streams.ts";
import type { NewRun, RunCounts, RunEnd, RunRecord, RunFilter } from "./contracts/runs.ts";
import type { TaskTotals } from "./contracts/totals.ts";
import type { Workers } from "./contracts/workers.ts";
import type { TaskStore } from "./store/task-store.ts";
import { ActionStarter } from "./actions/start-action.ts";
import { Attempts } from "./attempts/attempts.ts";
import type { LinkTo } from "./live/link-to.ts";
import { systemClock, type Clock } from "./live/clock.ts";
import { OutsideCalls } from "./calls/from-outside.ts";
import { ActionChanges } from "./live/changes.ts";
import { findLive } from "./live/find.ts";
import { StoredRuns } from "./live/stored-runs.ts";
import { EngineContext, type ActionLogSink } from "./live/context.ts";
import { acceptRun, acceptRuns } from "./runs/accept-run.ts";
import type { RunFilesOwner } from "./contracts/files.ts";
import { RunDeleter } from "./runs/delete-run.ts";
import { Retention } from "./runs/retention.ts";
import { failBroken, failStuck } from "./runs/fail-run.ts";
import { followRun } from "./runs/follow-run.ts";
import { recover } from "./runs/recover-runs.ts";
import { defaultPatienceMs } from "@appenv/runtime/replay";
import { Requests } from "./calls/requests.ts";
import type { NotificationRecord, NotificationSender } from "./contracts/notifications.ts";
import { NotificationDispatcher } from "./notifications/dispatcher.ts";
import type { QueueControl } from "./contracts/queues.ts";
import { StoredQueues } from "./queues/queue-book.ts";
import { EngineQueues } from "./queues/queue-control.ts";
import { Scheduler } from "./scheduler/scheduler.ts";
import type { WaitReason } from "./scheduler/turn.ts";
import { StreamFeed } from "./streams/stream-feed.ts";
import { Streams } from "./streams/streams.ts";

/** Needs of the engine. */
export interface TaskEngineOptions {
  readonly store: TaskStore;
  readonly workers: Workers;
  /** Takes the lines of actions' logs: those of attempts, and the engine's own. Default: they are dropped. */
  readonly logs?: ActionLogSink;
  /** The files of runs outside of the store, which go with a run that is deleted. Default: there are none. */
  readonly files?: RunFilesOwner;
  /** Time after its end for which a run is kept whose task says nothing, in milliseconds. Default: for ever. */
  readonly keepRunsMs?: number | undefined;
  /** Sends the notifications of runs. Default: they wait. */
  readonly notifications?: NotificationSender;
  /** Time that a recorded result waits for those recorded before it, in milliseconds. Default 1,000. */
  readonly replayPatienceMs?: number;
  /** Makes the link that answers a condition; the same for the same arguments. Default: there is none. */
  readonly linkTo?: LinkTo;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/**
 * Opens the engine, which goes on with the runs that an earlier one left.
 *
 * @throws AppEnvError STATE_CORRUPTED, DISK_FULL, STATE_UNWRITABLE.
 */
export function openTaskEngine(options: TaskEngineOptions): TaskEngine {
  return new DurableEngine(options);
}

const noLogs: ActionLogSink = { write: () => {}, ended: () => {} };
const noFiles: RunFilesOwner = { remove: async () => {} };

class DurableEngine implements TaskEngine {
  readonly #context: EngineContext;
  readonly #workers: Workers;
  readonly #book: StoredQueues;
  readonly #queues: EngineQueues;
  readonly #starter: ActionStarter;
  readonly #requests: Requests;
  readonly #deleter: RunDeleter;
  readonly #dispatcher: NotificationDispatcher | undefined;
  readonly #stored: StoredRuns;
  readonly #outside: OutsideCalls;
  readonly #changes: ActionChanges;

  constructor({ store, workers, logs = noLogs, files = noFiles, clock = systemClock, ...options }: TaskEngineOptions) {
    this.#workers = workers;
    this.#book = new StoredQueues(store, clock);
    const scheduler = new Scheduler(workers, { clock, book: this.#book, onQueue: ({ id }) => this.#queues.tell(id) });
    this.#queues = new EngineQueues(store, scheduler, clock);
    this.#context = new EngineContext({
      store,
      logs,
      clock,
      scheduler,
      linkTo: options.linkTo,
      replayPatienceMs: options.replayPatienceMs ?? defaultPatienceMs,
    });
    this.#changes = new ActionChanges(this.#context);
    const feed = new StreamFeed(this.#context);
    this.#stored = new StoredRuns(this.#context, feed);
    const streams = new Streams(this.#context, feed);
    this.#requests = new Requests(this.#context, streams, () => this.#starter);
    this.#outside = new OutsideCalls(this.#context, this.#requests);
    const attempts = new Attempts(
      this.#context,
      (attempt, request) => this.#requests.handle(attempt, request),
      (attempt) => streams.settle(attempt),
    );
    this.#starter = new ActionStarter(this.#context, attempts);
    store.committer.onEnd = (stored) => stored && this.#changes.tell();
    store.committer.onBroken = (row) => failBroken(this.#context, row);
    this.#context.onStuck = (action, error) => failStuck(this.#context, action, error);
    recover(this.#context, this.#starter);
    this.#deleter = new RunDeleter(this.#context, files);
    void new Retention(this.#context, this.#deleter, options.keepRunsMs);
    this.#dispatcher = options.notifications && new NotificationDispatcher(this.#context, options.notifications);
    this.#context.onNotify = () => this.#dispatcher?.wake();
    this.#dispatcher?.wake();
  }

  get queues(): QueueControl {
    return this.#queues;
  }

  createRun(run: NewRun): Promise<RunRecord> {
    return acceptRun(this.#context, this.#starter, run);
  }

  createRuns(runs: readonly NewRun[]): Promise<readonly RunRecord[]> {
    return acceptRuns(this.#context, this.#starter, runs);
  }

  getRun(id: RunId): RunRecord | undefined {
    return this.#stored.getRun(id);
  }

  getAction(id: ActionId): ActionRecord | undefined {
    return this.#stored.getAction(id);
  }

  listRuns(scope: RunFilter, page: Page): Listed<RunRecord> {
    return this.#stored.listRuns(scope, page);
  }

  countRuns(scope: Pick<RunFilter, "project" | "domain">, from: number, before: number): RunCounts {
    return this.#stored.countRuns(scope, from, before);
  }

  listActions(run: RunId, page: Page): Listed<ActionRecord> {
    return this.#stored.listActions(run, page);
  }

  abort(id: ActionId, reason: string): Promise<void> {
    return this.#outside.abort(id, reason);
  }

  deleteRun(id: RunId): Promise<void> {
    return this.#deleter.delete(id);
  }

  signal(id: ActionId, value: Uint8Array, by?: string): Promise<void> {
    return this.#outside.signal(id, value, by);
  }

  signalByName(id: RunId, name: string, values: readonly Uint8Array[], by?: string): Promise<boolean> {
    return this.#outside.signalByName(id, name, values, by);
  }

  answeredBy(id: ActionId): string | undefined {
    return this.#stored.answeredBy(id);
  }

  sendEvent(event: NewEvent): Promise<SentEvent> {
    return this.#outside.sendEvent(event);
  }

  listEvents(asked: EventFilter): readonly EventRecord[] {
    return this.#outside.listEvents(asked);
  }

  listEventWaits(asked: EventFilter): readonly EventWait[] {
    return this.#outside.listEventWaits(asked);
  }

  enqueue(parent: ActionId, asked: EnqueuedAction): Promise<void> {
    return this.#outside.enqueue(parent, asked);
  }

  follow(id: RunId, ended: (end: RunEnd) => void): () => void {
    return followRun(this.#context, id, ended);
  }

  inputs(id: ActionId): Uint8Array {
    return this.#stored.inputs(id);
  }

  outputs(id: ActionId): Uint8Array | undefined {
    return this.#stored.outputs(id);
  }

  report(id: ActionId): string | undefined {
    return this.#stored.report(id);
  }

  metadata(id: ActionId): string | undefined {
    return this.#stored.metadata(id);
  }

  notifications(id: RunId): readonly NotificationRecord[] {
    return this.#stored.notifications(id);
  }

  streams(id: RunId): readonly StreamRecord[] {
    return this.#stored.streams(id);
  }

  readStream(id: RunId, name: string, options: StreamReadOptions): AsyncGenerator<StreamBatch> {
    return this.#stored.readStream(id, name, options);
  }

  whyWaiting(id: ActionId): WaitReason | undefined {
    const action = findLive(this.#context, id);
    return action && this.#context.scheduler.whyWaiting(action);
  }

  totals(): readonly TaskTotals[] {
    return this.#context.totals.read(this.#context.runs.values());
  }

  subscribe(listener: (event: ActionEvent) => void): () => void {
    return this.#changes.subscribe(listener);
  }

  async close(): Promise<void> {
    this.#context.close();
    this.#deleter.close();
    this.#context.scheduler.close();
    this.#book.close();
    this.#queues.close();
    this.#context.store.committer.flush();
    this.#changes.close();
    await Promise.all([this.#workers.close(), this.#dispatcher?.close()]);
  }
}
