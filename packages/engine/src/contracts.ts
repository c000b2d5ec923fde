import type {
  ActionId,
  ActionPhase,
  RunId,
  RunSettings,
  TaskDefinition,
  TaskId,
  TriggerDefinition,
} from "@appenv/protocol";
import type {
  ActionError,
  ActionOutcome,
  ActionRequest,
  AttemptResult,
  AttemptStart,
  ScopeChange,
} from "@appenv/runtime";

/** A task as it is registered. */
export interface TaskRecord {
  readonly id: TaskId;
  /** Undefined for a task of another SDK, which is shown and cannot run here. */
  readonly definition: TaskDefinition | undefined;
  /** Flyte's `TaskSpec` as it was deployed, as bytes. */
  readonly spec: Uint8Array;
  readonly deployedAt: Date;
}

/** A task that is deployed, with all of its triggers. */
export interface TaskToDeploy extends Omit<TaskRecord, "deployedAt"> {
  readonly triggers: readonly TriggerDefinition[];
}

/** Which part of a list. Lists are stable: what is added while one pages through it does not shift the rest. */
export interface Page {
  readonly limit: number;
  /** As a list before gave it; empty for the first page. */
  readonly token: string;
}

/** The tasks. Every call that changes something is on disk when it resolves. */
export interface TaskRegistry {
  /**
   * Stores tasks, each of a version, or replaces them, with their triggers: all or none.
   * @throws AppEnvError INVALID_OPTION, DISK_FULL, STATE_UNWRITABLE.
   */
  deploy(tasks: readonly TaskToDeploy[]): Promise<void>;
  /** Without a version: the one deployed last. */
  get(name: Omit<TaskId, "version">, version?: string): TaskRecord | undefined;
  /** The newest version of each task of a project and domain (an empty one: of all), the one deployed last first. */
  list(
    scope: { readonly project: string; readonly domain: string; readonly contains?: string },
    page: Page,
  ): Listed<TaskRecord>;
  versions(name: Omit<TaskId, "version">, page: Page): Listed<TaskRecord>;
  /** The URIs of the bundles that any version of any task needs. */
  bundles(): readonly string[];
  /** The projects that have tasks. */
  projects(): readonly string[];
}

/** A part of a list. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** Where the next part begins; empty after the last. */
  readonly token: string;
  /** How many there are in all. */
  readonly total: number;
}

/** One attempt of an action. */
export interface AttemptRecord {
  /** From 1. */
  readonly attempt: number;
  readonly phase: ActionPhase;
  /** When it could start. */
  readonly queuedAt: Date;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  readonly error: ActionError | undefined;
}

/** An action, as a snapshot. */
export interface ActionRecord {
  readonly id: ActionId;
  readonly kind: "task" | "trace" | "condition";
  /** Undefined for the first action of a run. */
  readonly parent: string | undefined;
  readonly group: string;
  /** Of the task, or of the traced function or condition. */
  readonly name: string;
  /** For tasks. */
  readonly task: TaskId | undefined;
  /** For conditions. */
  readonly condition: Extract<ActionRequest, { kind: "condition" }>["condition"] | undefined;
  /** `RECOVERED`: its result was taken over from the run that its own recovers. */
  readonly phase: ActionPhase;
  /** The name of that run, of a recovered one. */
  readonly recoveredFrom?: string;
  readonly createdAt: Date;
  /** When its first attempt began. */
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

/** A run, as a snapshot. */
export interface RunRecord {
  readonly id: RunId;
  readonly root: ActionRecord;
  readonly settings: RunSettings;
  readonly source: "web" | "cli" | "schedule" | "unspecified";
  /** The trigger that fired, if one did. */
  readonly trigger: { readonly taskName: string; readonly name: string } | undefined;
  /** The run it was made from, with `recover` or not. */
  readonly rerunOf: string | undefined;
  /** Whether it keeps the successful actions of that run. */
  readonly recovers: boolean;
}

/** What `createRun` takes. */
export interface NewRun {
  readonly project: string;
  readonly domain: string;
  /** Default: one that is made up. */
  readonly name?: string;
  readonly task: TaskRecord;
  /** `task.Inputs`; defaults of the task are filled in. */
  readonly inputs: Uint8Array;
  readonly settings: RunSettings;
  readonly source: RunRecord["source"];
  readonly trigger?: RunRecord["trigger"];
  /**
   * Two calls with one key (in a project and domain) make one run: the second answers with the first's.
   * @throws AppEnvError IDEMPOTENCY_CONFLICT if its task or inputs differ.
   */
  readonly idempotencyKey?: string;
  /** The run it is made from, for people; `recover` implies it. */
  readonly rerunOf?: string;
  /** Keep what succeeded in this run, where the new one asks for the same: same name, task, version and inputs. */
  readonly recover?: string;
}

/** Which runs a list has. */
export interface RunFilter {
  /** Empty: all projects. */
  readonly project: string;
  /** Empty: all domains. */
  readonly domain: string;
  /** `environment.task`. */
  readonly taskName?: string;
  readonly taskVersion?: string;
  readonly trigger?: { readonly taskName: string; readonly name: string };
  readonly phases?: readonly ActionPhase[];
  /** Only runs with an action that waits for a person, also if other actions go on. */
  readonly pausedOnly?: boolean;
  /** Only runs that have all of these. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The oldest first. Default: the newest first. */
  readonly oldestFirst?: boolean;
}

/** What changed. */
export interface ActionEvent {
  /** Of the action. */
  readonly id: ActionId;
  /** Read from the database when it is first asked for: who looks at `id` first, and at this only if it matters, saves that. */
  readonly action: ActionRecord;
}

/** How a run has ended. */
export interface RunEnd {
  /** Its first action. */
  readonly root: Pick<
    ActionRecord,
    "id" | "phase" | "createdAt" | "startedAt" | "endedAt" | "cache" | "error" | "abort"
  > & {
    readonly attempts: { readonly length: number };
  };
  /** `task.Outputs`, of one that succeeded; undefined also if they are large. */
  readonly outputs: Uint8Array | undefined;
}

/** Runs tasks. The services call it; it knows nothing of HTTP. */
export interface TaskEngine {
  /**
   * Accepts a run: it is on disk when this resolves, and will end whatever happens to this process.
   * @throws AppEnvError RUN_EXISTS, IDEMPOTENCY_CONFLICT, INVALID_INPUT, PAYLOAD_TOO_LARGE, UNSUPPORTED, NOT_FOUND
   * (`recover`), DISK_FULL, STATE_UNWRITABLE.
   */
  createRun(run: NewRun): Promise<RunRecord>;
  getRun(id: RunId): RunRecord | undefined;
  getAction(id: ActionId): ActionRecord | undefined;
  /** The newest first. */
  listRuns(scope: RunFilter, page: Page): Listed<RunRecord>;
  /** In order of their creation. */
  listActions(run: RunId, page: Page): Listed<ActionRecord>;
  /** Cancels a run, or one of its actions, and everything below. Without effect if it has ended. @throws AppEnvError NOT_FOUND. */
  abort(id: ActionId, reason: string): Promise<void>;
  /** Gives a condition its value (`core.Literal`). @throws AppEnvError NOT_FOUND, CONDITION_NOT_WAITING, INVALID_INPUT. */
  signal(id: ActionId, value: Uint8Array): Promise<void>;
  /**
   * Gives the condition of a name, or of an action of that name, its value: the first of these (`core.Literal`) that it
   * takes. If the run has asked for none of that name yet, it is kept for the first one; resolves with whether it was.
   * @throws AppEnvError NOT_FOUND, CONDITION_NOT_WAITING, INVALID_INPUT, INVALID_OPTION, PAYLOAD_TOO_LARGE.
   */
  signalByName(id: RunId, name: string, values: readonly Uint8Array[]): Promise<boolean>;
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
  /** Called after each change, once it is on disk, until the returned function is called. */
  subscribe(listener: (event: ActionEvent) => void): () => void;
  /** Ends the workers; what runs is run again by the next platform. */
  close(): Promise<void>;
}

/** A trigger as it is registered. */
export interface TriggerRecord {
  readonly project: string;
  readonly domain: string;
  /** `environment.task`. */
  readonly taskName: string;
  readonly taskVersion: string;
  readonly definition: TriggerDefinition;
  /** 1 for the first, one more with every change. */
  readonly revision: number;
  readonly deployedAt: Date;
  readonly updatedAt: Date;
  readonly triggeredAt: Date | undefined;
  /** Undefined while it is not active. */
  readonly nextAt: Date | undefined;
}

/** A trigger's identity. */
export type TriggerId = Pick<TriggerRecord, "project" | "domain" | "taskName"> & { readonly name: string };

/** The changes of a deployment among the triggers. */
export interface TriggerChanges {
  /** Within the transaction of the deployment. @throws SQLite's error. */
  write(): void;
  /** Once that is on disk: they fire by it from now on. */
  keep(): void;
}

/** Starts runs by the clock. */
export interface Triggers {
  /**
   * Replaces the triggers of a task: those that are not named are deleted. Nothing is changed yet: the caller writes the
   * returned changes and applies them at once. @throws AppEnvError INVALID_OPTION.
   */
  prepare(task: TaskId, triggers: readonly TriggerDefinition[]): TriggerChanges;
  /** Creates or replaces one. */
  put(task: TaskId, trigger: TriggerDefinition): Promise<TriggerRecord>;
  get(id: TriggerId): TriggerRecord | undefined;
  /** An empty project or domain: all. */
  list(scope: {
    readonly project: string;
    readonly domain: string;
    readonly taskName?: string;
  }): readonly TriggerRecord[];
  /** @throws AppEnvError NOT_FOUND. */
  setActive(id: TriggerId, active: boolean): Promise<TriggerRecord>;
  /** @throws AppEnvError NOT_FOUND. */
  remove(id: TriggerId): Promise<void>;
  history(id: TriggerId): readonly {
    readonly revision: number;
    readonly action: "deploy" | "activate" | "deactivate" | "delete";
    readonly at: Date;
  }[];
  close(): void;
}

/** What a task's attempts run in. */
export interface WorkerSpec {
  /** Same spec, same workers: project, domain, environment and version. */
  readonly key: string;
  readonly project: string;
  readonly domain: string;
  readonly definition: TaskDefinition;
  /** Alone in a process of its own. */
  readonly isolated: boolean;
}

/** The attempts' processes. It decides nothing: what is handed to it starts as soon as a process is there. */
export interface Workers {
  /**
   * Runs an attempt in a worker with room, or in a new one. Its events come through `listener`, `ended` once and last.
   */
  start(spec: WorkerSpec, attempt: Omit<AttemptStart, "id">, listener: AttemptListener): RunningAttempt;
  /** Ends all workers. */
  close(): Promise<void>;
}

/** A running attempt, as the engine holds it. */
export interface RunningAttempt {
  /** Answers a request. */
  answer(call: number, outcome: ActionOutcome): void;
  /**
   * Aborts its signal; a worker that does not end the attempt within its grace is ended with SIGTERM, and later with
   * SIGKILL if it is stuck. `ended` comes in any case.
   */
  cancel(reason: "aborted" | "timed-out", message: string): void;
  /**
   * Gives it so much time once it is cancelled, beside its grace; undefined: no more than that. From the first time on it is
   * to be run again if its process is lost: then it is `lost`, and not cancelled.
   */
  hold(limitMs: number | undefined): void;
}

/** What happens to an attempt. */
export interface AttemptListener {
  /** It was given to a process. */
  started(worker: { readonly name: string; readonly pid: number }): void;
  request(request: ActionRequest): void;
  /** Told that an `uncancelled` scope begins, or has ended. */
  scope(change: ScopeChange): void;
  line(at: number, stream: "stdout" | "stderr", text: string): void;
  progress(done: number, total: number, message: string): void;
  report(html: string): void;
  /** `lost`: the process ended, or could not start; `alone` tells whether the attempt was the only one in it. */
  ended(
    end:
      | { readonly type: "result"; readonly result: AttemptResult }
      | { readonly type: "lost"; readonly alone: boolean; readonly error: ActionError },
  ): void;
}
