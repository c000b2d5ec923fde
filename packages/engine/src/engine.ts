import { AppEnvError } from "@appenv/core";
import type { ActionId, RunId } from "@appenv/protocol";
import type { ActionEvent, ActionRecord } from "./contracts/actions.ts";
import type { TaskEngine } from "./contracts/engine.ts";
import type { EventRecord, NewEvent, SentEvent } from "./contracts/events.ts";
import type { EnqueuedAction } from "./contracts/enqueue.ts";
import type { Listed, Page } from "./contracts/lists.ts";
import type { StreamBatch, StreamReadOptions, StreamRecord } from "./contracts/streams.ts";
import type { NewRun, RunCounts, RunEnd, RunRecord, RunFilter } from "./contracts/runs.ts";
import type { TaskTotals } from "./contracts/totals.ts";
import type { Workers } from "./contracts/workers.ts";
import { Listeners } from "@appenv/core/internal";
import { pageTokens } from "@appenv-internal/state/page-token";
import { payloadOf } from "./store/read-action.ts";
import { phaseOf } from "./store/codes.ts";
import { actionRecord, runRecord } from "./store/read-records.ts";
import { idsPerRun } from "./store/rows.ts";
import type { TaskStore } from "./store/task-store.ts";
import type { ProjectDomain } from "./store/task-table.ts";
import { ActionStarter } from "./actions/start-action.ts";
import { Attempts } from "./attempts/attempts.ts";
import { sendEvent } from "./calls/events.ts";
import { enqueue } from "./calls/enqueue.ts";
import type { LinkTo } from "./live/link-to.ts";
import { systemClock, type Clock } from "./live/clock.ts";
import { notWaiting, signalCondition } from "./calls/signals.ts";
import { EngineContext, type ActionLogSink } from "./live/context.ts";
import { acceptRun, acceptRuns } from "./runs/accept-run.ts";
import { abortedOutcome, stop } from "./actions/end-action.ts";
import type { RunFilesOwner } from "./contracts/files.ts";
import { RunDeleter } from "./runs/delete-run.ts";
import { Retention } from "./runs/retention.ts";
import { failBroken, failStuck } from "./runs/fail-run.ts";
import { followRun } from "./runs/follow-run.ts";
import { endedBefore, signalByName } from "./calls/kept-signals.ts";
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
import { lazyEvent } from "./live/lazy-event.ts";
import type { ActionState } from "./live/state.ts";
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

type Columns = Readonly<Record<string, unknown>>;

class DurableEngine implements TaskEngine {
  readonly #context: EngineContext;
  readonly #workers: Workers;
  readonly #book: StoredQueues;
  readonly #queues: EngineQueues;
  readonly #starter: ActionStarter;
  readonly #requests: Requests;
  readonly #feed: StreamFeed;
  readonly #deleter: RunDeleter;
  readonly #dispatcher: NotificationDispatcher | undefined;
  readonly #listeners: Listeners<ActionEvent> = new Listeners("the actions of runs");

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
    this.#feed = new StreamFeed(this.#context);
    const streams = new Streams(this.#context, this.#feed);
    this.#requests = new Requests(this.#context, streams, () => this.#starter);
    const attempts = new Attempts(
      this.#context,
      (attempt, request) => this.#requests.handle(attempt, request),
      (attempt) => streams.settle(attempt),
    );
    this.#starter = new ActionStarter(this.#context, attempts);
    store.committer.onEnd = (stored) => stored && this.#tell();
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
    const found = this.#findRun(id);
    return found && runRecord(this.#context.store, found.scope, found.row);
  }

  getAction(id: ActionId): ActionRecord | undefined {
    const found = this.#find(id);
    return found && actionRecord(this.#context.store, found.scope, id.run, found.row);
  }

  listRuns(scope: RunFilter, page: Page): Listed<RunRecord> {
    return this.#context.store.runList.list(scope, page);
  }

  countRuns(scope: Pick<RunFilter, "project" | "domain">, from: number, before: number): RunCounts {
    return this.#context.store.runList.count(scope, from, before);
  }

  listActions(run: RunId, page: Page): Listed<ActionRecord> {
    const { store } = this.#context;
    const found = this.#findRun(run);
    if (found === undefined) throw noSuch({ ...run, action: "" });
    const id = Number(found.row["id"]);
    const tokens = pageTokens("actions", run);
    const [after = -1] = (tokens.read(page.token) ?? []) as readonly number[];
    const rows = store.actions.ofRun(id, after, page.limit + 1);
    const shown = rows.slice(0, page.limit);
    const last = shown.at(-1);
    return {
      items: shown.map((row) => actionRecord(store, found.scope, run.run, row)),
      token: rows.length > shown.length && last !== undefined ? tokens.write([Number(last["id"])]) : "",
      total: (store.actions.lastOf(id) ?? id * idsPerRun - 1) - id * idsPerRun + 1,
    };
  }

  async abort(id: ActionId, reason: string): Promise<void> {
    const { committer, actions } = this.#context.store;
    const action = this.#findLive(id);
    if (action === undefined) {
      if (this.#find(id) === undefined) throw noSuch(id);
      return;
    }
    await committer.commit(
      () => actions.writeAbortReason(action.row.id, reason),
      () => {
        action.row.abortReason ??= reason;
        stop(this.#context, action, abortedOutcome(reason));
      },
    );
  }

  deleteRun(id: RunId): Promise<void> {
    return this.#deleter.delete(id);
  }

  async signal(id: ActionId, value: Uint8Array, by = ""): Promise<void> {
    const action = this.#findLive(id);
    if (action?.row.kind === "condition") return signalCondition(this.#context, action, value, by);
    const row = action === undefined ? this.#find(id)?.row : undefined;
    if (action === undefined && row === undefined) throw noSuch(id);
    throw notWaiting(String(row?.["label"] ?? id.action));
  }

  async signalByName(id: RunId, name: string, values: readonly Uint8Array[], by = ""): Promise<boolean> {
    const found = this.#findRun(id);
    if (found === undefined) throw noSuch({ ...id, action: "" });
    const run = this.#context.runs.get(Number(found.row["id"]));
    if (run === undefined) throw endedBefore(this.#context, Number(found.row["id"]), id.run, name);
    return signalByName(this.#context, run, name, { values, by });
  }

  answeredBy(id: ActionId): string | undefined {
    const found = this.#find(id);
    return found && this.#context.store.signals.answeredBy(Number(found.row["id"]));
  }

  sendEvent(event: NewEvent): Promise<SentEvent> {
    return sendEvent(this.#context, event);
  }

  listEvents({ project, domain, name, limit }: Parameters<TaskEngine["listEvents"]>[0]): readonly EventRecord[] {
    const { store, clock } = this.#context;
    const scope = store.tasks.findScope(project, domain);
    const rows = scope === undefined ? [] : store.events.list(scope.id, name, clock.now(), limit);
    return rows.map((row) => ({ ...row, sentAt: new Date(row.sentAt), keepUntil: new Date(row.keepUntil) }));
  }

  async enqueue(parent: ActionId, asked: EnqueuedAction): Promise<void> {
    const action = this.#findLive(parent);
    if (action !== undefined) return enqueue(this.#context, this.#requests, action, asked);
    if (this.#find(parent) === undefined) throw noSuch(parent);
    throw new AppEnvError("INVALID_INPUT", `The action '${parent.action}' of the run '${parent.run}' has ended.`);
  }

  follow(id: RunId, ended: (end: RunEnd) => void): () => void {
    return followRun(this.#context, id, ended);
  }

  inputs(id: ActionId): Uint8Array {
    return this.#payload(id, "inputs") ?? new Uint8Array();
  }

  outputs(id: ActionId): Uint8Array | undefined {
    const { row } = this.#require(id);
    if (phaseOf(row["phase"]) !== "SUCCEEDED") return undefined;
    return this.#payload(id, "outputs") ?? new Uint8Array();
  }

  report(id: ActionId): string | undefined {
    const { store } = this.#context;
    const found = this.#find(id);
    const report = found && store.reports.find(Number(found.row["id"]));
    if (report === undefined) return undefined;
    if ("html" in report) return report.html;
    return Buffer.from(store.objects.get({ object: report.object })).toString("utf8");
  }

  metadata(id: ActionId): string | undefined {
    const found = this.#find(id);
    return found && this.#context.store.metadata.find(Number(found.row["id"]));
  }

  notifications(id: RunId): readonly NotificationRecord[] {
    return this.#context.store.notifications.ofRun(this.#requireRun(id));
  }

  streams(id: RunId): readonly StreamRecord[] {
    return this.#context.store.streams.ofRun(this.#requireRun(id));
  }

  readStream(id: RunId, name: string, options: StreamReadOptions): AsyncGenerator<StreamBatch> {
    return this.#feed.read(this.#requireRun(id), id, name, options);
  }

  whyWaiting(id: ActionId): WaitReason | undefined {
    const action = this.#findLive(id);
    return action && this.#context.scheduler.whyWaiting(action);
  }

  totals(): readonly TaskTotals[] {
    return this.#context.totals.read(this.#context.runs.values());
  }

  subscribe(listener: (event: ActionEvent) => void): () => void {
    // The same function may listen twice.
    const forget = this.#listeners.add((event) => listener(event));
    this.#context.watched = true;
    return () => {
      forget();
      this.#context.watched = this.#listeners.size > 0;
    };
  }

  async close(): Promise<void> {
    this.#context.close();
    this.#deleter.close();
    this.#context.scheduler.close();
    this.#book.close();
    this.#queues.close();
    this.#context.store.committer.flush();
    this.#listeners.clear();
    await Promise.all([this.#workers.close(), this.#dispatcher?.close()]);
  }

  /** Tells listeners of the changes of the last transaction. */
  #tell(): void {
    const { changed, store } = this.#context;
    const events = [...changed].map(([row, id]) => lazyEvent(id, () => this.#read(store, row, id)));
    changed.clear();
    for (const event of events) this.#listeners.tell(event);
  }

  #read(store: TaskStore, row: number, id: ActionId): ActionRecord {
    const scope = store.tasks.findScope(id.project, id.domain) as ProjectDomain;
    return actionRecord(store, scope, id.run, store.actions.byId(row) ?? {});
  }

  #payload(id: ActionId, which: "inputs" | "outputs"): Uint8Array | undefined {
    const payload = payloadOf(this.#require(id).row, which);
    return payload && this.#context.store.objects.get(payload);
  }

  #require(id: ActionId): { readonly scope: ProjectDomain; readonly row: Columns } {
    const found = this.#find(id);
    if (found === undefined) throw noSuch(id);
    return found;
  }

  #find(id: ActionId): { readonly scope: ProjectDomain; readonly row: Columns } | undefined {
    const run = this.#findRun(id);
    const row = run && this.#context.store.actions.byName(Number(run.row["id"]), id.action);
    return run && row && { scope: run.scope, row };
  }

  /** Its row. */
  #requireRun(id: RunId): number {
    const found = this.#findRun(id);
    if (found === undefined) throw noSuch({ ...id, action: "" });
    return Number(found.row["id"]);
  }

  #findRun({ project, domain, run }: RunId): { readonly scope: ProjectDomain; readonly row: Columns } | undefined {
    const { tasks, runs } = this.#context.store;
    const scope = tasks.findScope(project, domain);
    const row = scope && runs.byName(scope.id, run);
    return scope && row && { scope, row };
  }

  #findLive(id: ActionId): ActionState | undefined {
    const found = this.#findRun(id);
    return found && this.#context.runs.get(Number(found.row["id"]))?.live.get(id.action);
  }
}

function noSuch({ project, domain, run, action }: ActionId): AppEnvError {
  const what = action === "" || action === "a0" ? `run '${run}'` : `action '${action}' in the run '${run}'`;
  return new AppEnvError("NOT_FOUND", `There is no ${what} in ${project}/${domain}.`);
}
