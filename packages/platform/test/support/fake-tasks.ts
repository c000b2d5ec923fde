import { AppEnvError } from "@appenv/core";
import type { ActionId, RunId, TaskDefinition, TaskId } from "@appenv/protocol";
import { encodeInputs, encodeOutput, fillInputs, toTaskSpec, TaskSpecSchema } from "@appenv/protocol/tasks";
import { toBinary } from "@bufbuild/protobuf";
import type { ActionEvent, ActionRecord } from "../../../engine/src/contracts/actions.ts";
import type { EnqueuedAction } from "../../../engine/src/contracts/enqueue.ts";
import type { TaskEngine } from "../../../engine/src/contracts/engine.ts";
import type { Listed, Page } from "../../../engine/src/contracts/lists.ts";
import type { QueueControl } from "../../../engine/src/contracts/queues.ts";
import type { NewRun, RunCounts, RunEnd, RunRecord, RunFilter } from "../../../engine/src/contracts/runs.ts";
import type { TaskRecord, TaskRegistry, TaskToDeploy } from "../../../engine/src/contracts/tasks.ts";
import { FakeStream, noQueues } from "./fake-streams.ts";
import { FakeTriggers } from "./fake-triggers.ts";
import { taskDefinition as anyTaskDefinition, taskSettings } from "@appenv-internal/test-support/task-definition";
import { pageTokens } from "@appenv-internal/state/page-token";
import { pageOf } from "../../src/api/requests/pages.ts";

/** A task that adds one. */
export function taskDefinition(changes: Partial<TaskDefinition> = {}): TaskDefinition {
  return anyTaskDefinition({
    environment: "add-one",
    taskName: "add_one",
    launch: {
      kind: "bundle",
      uri: `appenv://bundles/${"0".repeat(32)}.js`,
      environment: "tasks",
      workdir: "/tmp",
      preload: [],
    },
    interface: { inputs: [{ name: "x", type: { kind: "integer" } }], output: { kind: "integer" } },
    settings: { ...taskSettings, description: "Adds one", maxInlineBytes: 1024 },
    ...changes,
  });
}

export function taskId(changes: Partial<TaskId> = {}): TaskId {
  return { project: "flytesnacks", domain: "development", name: "add-one.add_one", version: "v1", ...changes };
}

export function taskRecord(id: TaskId = taskId(), definition: TaskDefinition = taskDefinition()): TaskRecord {
  const spec = toBinary(TaskSpecSchema, toTaskSpec(id, definition));
  return { id, definition, spec, deployedAt: new Date() };
}

function page<T>(all: readonly T[], part: Page, filter: unknown): Listed<T> {
  return { ...pageOf(all, part, pageTokens("fakes", filter)), total: all.length };
}

/** Tasks in memory. */
export class FakeRegistry implements TaskRegistry {
  readonly tasks: TaskRecord[] = [];
  readonly triggers: FakeTriggers;

  constructor(triggers: FakeTriggers) {
    this.triggers = triggers;
  }

  async deploy(tasks: readonly TaskToDeploy[]): Promise<void> {
    for (const { triggers, ...record } of tasks) {
      const at = this.tasks.findIndex((task) => sameName(task.id, record.id) && task.id.version === record.id.version);
      if (at !== -1) this.tasks.splice(at, 1);
      this.tasks.push({ ...record, deployedAt: new Date() });
      this.triggers.prepare(record.id, triggers).keep();
    }
  }

  get(name: Omit<TaskId, "version">, version?: string): TaskRecord | undefined {
    return this.tasks.findLast(({ id }) => sameName(id, name) && (version === undefined || id.version === version));
  }

  list(scope: { project: string; domain: string; contains?: string }, part: Page): Listed<TaskRecord> {
    const newest = this.tasks.filter((task) => this.get(task.id) === task).toReversed();
    const found = newest.filter(
      ({ id }) =>
        (scope.project === "" || scope.project === id.project) &&
        (scope.domain === "" || scope.domain === id.domain) &&
        id.name.includes(scope.contains ?? ""),
    );
    return page(found, part, scope);
  }

  readonly uses = (): boolean => true;
  readonly removeOld = async (): Promise<number> => 0;

  versions(name: Omit<TaskId, "version">, part: Page): Listed<TaskRecord> {
    return page(this.tasks.filter(({ id }) => sameName(id, name)).toReversed(), part, name);
  }

  projects(): string[] {
    return [...new Set(this.tasks.map(({ id }) => id.project))];
  }
}

function sameName(one: Omit<TaskId, "version">, other: Omit<TaskId, "version">): boolean {
  return one.project === other.project && one.domain === other.domain && one.name === other.name;
}

interface FakeAction {
  record: ActionRecord;
  inputs: Uint8Array;
  outputs: Uint8Array | undefined;
  report: string | undefined;
}

/** Runs in memory that stand as a test says. */
export class FakeEngine implements TaskEngine {
  readonly runs: RunRecord[] = [];
  readonly requests: NewRun[] = [];
  readonly aborted: { readonly id: ActionId; readonly reason: string }[] = [];
  readonly signals: { readonly id: ActionId; readonly value: Uint8Array }[] = [];
  readonly listeners = new Set<(event: ActionEvent) => void>();
  readonly #actions = new Map<string, Map<string, FakeAction>>();
  #clock = 1_800_000_000_000;

  readonly enqueued: { readonly parent: ActionId; readonly asked: EnqueuedAction }[] = [];

  totals(): readonly [] {
    return [];
  }

  readonly answeredBy = (): undefined => undefined;
  readonly listEvents = (): [] => [];
  readonly listEventWaits = (): [] => [];
  readonly sendEvent = (): Promise<never> => Promise.reject(new Error("not faked"));

  async enqueue(parent: ActionId, asked: EnqueuedAction): Promise<void> {
    this.enqueued.push({ parent, asked });
  }

  async createRun(request: NewRun): Promise<RunRecord> {
    const { project, domain, task, settings, source, trigger } = request;
    const known = this.requests.findIndex(
      ({ idempotencyKey }) => idempotencyKey !== undefined && idempotencyKey === request.idempotencyKey,
    );
    if (known !== -1) return this.runs[known] as RunRecord;
    const id = { project, domain, run: request.name ?? `r${this.runs.length}` };
    if (this.getRun(id) !== undefined) throw new AppEnvError("RUN_EXISTS", `There is a run '${id.run}' already.`);
    const inputs = fillInputs(task.definition?.interface ?? { inputs: [], output: undefined }, request.inputs);
    this.requests.push(request);
    const root = this.#newAction({ ...id, action: "a0" }, { task: task.id, name: task.id.name }, inputs);
    this.runs.push({
      id,
      root,
      settings,
      source,
      trigger,
      rerunOf: request.recover,
      rerunFrom: [],
      recovers: request.recover !== undefined,
    });
    this.#tell(root);
    return this.getRun(id) as RunRecord;
  }

  /** Adds an action below another one. */
  add(id: ActionId, changes: Partial<ActionRecord> = {}): ActionRecord {
    const record = this.#newAction(
      id,
      { parent: "a0", ...changes },
      encodeInputs({ inputs: [], output: undefined }, {}),
    );
    this.#tell(record);
    return record;
  }

  /** Changes how an action stands. */
  change(id: ActionId, changes: Partial<ActionRecord>): ActionRecord {
    const action = this.#find(id);
    action.record = { ...action.record, ...changes, revision: action.record.revision + 1 };
    this.#tell(action.record);
    return action.record;
  }

  /** Ends an action with what it gave. */
  succeed(id: ActionId, output: unknown = 1): void {
    const { record } = this.#find(id);
    this.#find(id).outputs = encodeOutput({ kind: "integer" }, output);
    this.change(id, { phase: "SUCCEEDED", startedAt: record.createdAt, endedAt: this.#now() });
  }

  setReport(id: ActionId, report: string): void {
    this.#find(id).report = report;
    this.change(id, { hasReport: true });
  }

  getRun(id: RunId): RunRecord | undefined {
    const run = this.runs.find((one) => sameRun(one.id, id));
    return run === undefined ? undefined : { ...run, root: this.#find({ ...id, action: "a0" }).record };
  }

  getAction(id: ActionId): ActionRecord | undefined {
    return this.#actions.get(keyOf(id))?.get(id.action)?.record;
  }

  listRuns(scope: RunFilter, part: Page): Listed<RunRecord> {
    const all = this.runs.map(({ id }) => this.getRun(id) as RunRecord).filter((run) => inScope(scope, run));
    return page(scope.oldestFirst === true ? all : all.toReversed(), part, scope);
  }

  listActions(run: RunId, part: Page): Listed<ActionRecord> {
    return page(
      [...(this.#actions.get(keyOf(run))?.values() ?? [])].map(({ record }) => record),
      part,
      run,
    );
  }

  async abort(id: ActionId, reason: string): Promise<void> {
    this.aborted.push({ id, reason });
    this.change(id, { phase: "ABORTED", abort: { reason }, endedAt: this.#now() });
  }

  async createRuns(requests: readonly NewRun[]): Promise<readonly RunRecord[]> {
    return Promise.all(requests.map((request) => this.createRun(request)));
  }

  countRuns(): RunCounts {
    return { running: this.runs.length, succeeded: 0, failed: 0, aborted: 0, timedOut: 0 };
  }

  async deleteRun(id: RunId): Promise<void> {
    const index = this.runs.findIndex((run) => sameRun(run.id, id));
    if (index === -1) throw new AppEnvError("NOT_FOUND", `There is no run '${id.run}'.`);
    this.runs.splice(index, 1);
  }

  async signalByName(id: RunId, name: string, values: readonly Uint8Array[]): Promise<boolean> {
    await this.signal({ ...id, action: name }, values[0] ?? new Uint8Array());
    return false;
  }

  async signal(id: ActionId, value: Uint8Array): Promise<void> {
    const { record } = this.#find(id);
    if (record.phase !== "PAUSED") throw new AppEnvError("CONDITION_NOT_WAITING", "The condition does not wait.");
    this.signals.push({ id, value });
    this.change(id, { phase: "SUCCEEDED", endedAt: this.#now() });
  }

  follow(id: RunId, ended: (end: RunEnd) => void): () => void {
    if (this.getRun(id) === undefined) throw new AppEnvError("NOT_FOUND", `There is no run '${id.run}'.`);
    const tell = ({ id: { action } }: Pick<ActionEvent, "id">): void => {
      const { record: root, outputs } = this.#find({ ...id, action: "a0" });
      if (action !== "a0" || root.endedAt === undefined) return;
      this.listeners.delete(tell);
      ended({ root, outputs });
    };
    this.listeners.add(tell);
    tell({ id: { ...id, action: "a0" } });
    return () => this.listeners.delete(tell);
  }

  inputs(id: ActionId): Uint8Array {
    return this.#find(id).inputs;
  }

  outputs(id: ActionId): Uint8Array | undefined {
    return this.#find(id).outputs;
  }

  readonly notifications = (): never[] => [];

  readonly metadata = (): undefined => undefined;

  streams(): readonly never[] {
    return [];
  }

  /** Every stream. */
  readonly stream: FakeStream = new FakeStream();
  readonly readStream: TaskEngine["readStream"] = (_, __, options) => this.stream.read(options);
  readonly queues: QueueControl = noQueues;

  whyWaiting(): undefined {
    return undefined;
  }

  report(id: ActionId): string | undefined {
    return this.#find(id).report;
  }

  subscribe(listener: (event: ActionEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {}

  #newAction(id: ActionId, changes: Partial<ActionRecord>, inputs: Uint8Array): ActionRecord {
    const record: ActionRecord = {
      id,
      kind: "task",
      parent: undefined,
      group: "",
      name: "add-one.add_one",
      task: undefined,
      condition: undefined,
      phase: "QUEUED",
      createdAt: this.#now(),
      startedAt: undefined,
      endedAt: undefined,
      attempts: [],
      cache: "disabled",
      error: undefined,
      abort: undefined,
      progress: undefined,
      hasReport: false,
      revision: 1,
      ...changes,
    };
    const actions = this.#actions.get(keyOf(id)) ?? new Map<string, FakeAction>();
    this.#actions.set(keyOf(id), actions.set(id.action, { record, inputs, outputs: undefined, report: undefined }));
    return record;
  }

  #find(id: ActionId): FakeAction {
    const action = this.#actions.get(keyOf(id))?.get(id.action);
    if (action !== undefined) return action;
    throw new AppEnvError("NOT_FOUND", `There is no action '${id.action}'.`);
  }

  #tell(action: ActionRecord): void {
    for (const listener of this.listeners) listener({ id: action.id, action });
  }

  /** A second later than the last time. */
  #now(): Date {
    this.#clock += 1_000;
    return new Date(this.#clock);
  }
}

function keyOf({ project, domain, run }: RunId): string {
  return `${project}/${domain}/${run}`;
}

function sameRun(one: RunId, other: RunId): boolean {
  return keyOf(one) === keyOf(other);
}

function inScope(scope: RunFilter, { id, root, trigger, settings }: RunRecord): boolean {
  return (
    (scope.project === "" || scope.project === id.project) &&
    (scope.domain === "" || scope.domain === id.domain) &&
    (scope.taskName === undefined || scope.taskName === root.task?.name) &&
    (scope.taskVersion === undefined || scope.taskVersion === root.task?.version) &&
    (scope.trigger === undefined || scope.trigger.name === trigger?.name) &&
    (scope.phases === undefined || scope.phases.includes(root.phase)) &&
    Object.entries(scope.labels ?? {}).every(([key, value]) => settings.labels[key] === value)
  );
}
