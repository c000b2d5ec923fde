import {
  AppEnvError,
  type ActionProgress,
  type RunStreamOptions,
  type StreamItem,
  type Duration,
  type RunAction,
  type RunHandle,
  type RunLogLine,
  type RunLogsOptions,
  type RunPhase,
  type ControlPlaneOptions,
} from "@appenv/core";
import { checkOptions, durationMs, type OptionNames, type TaskInterface } from "@appenv/core/internal";
import type { ActionId, RunId } from "@appenv/protocol";
import {
  type ActionDetails,
  type ActionMessage,
  decodeOutput,
  fromRunIdentifier,
  toActionIdentifier,
  toRunIdentifier,
} from "@appenv/protocol/tasks";
import { connect, connectOptionNames } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { held, heldStream } from "../control-plane/held.ts";
import { type ActionInfo, hasSucceeded, isFinal, readAction, readState } from "./action.ts";
import { taskApi } from "./api.ts";
import { listActions, listWholeActions } from "./cluster/list-actions.ts";
import { deleteRun } from "./control/change-runs.ts";
import { runError } from "./failure.ts";
import { listRuns, runListOptionNames, type RunListOptions } from "./list-runs.ts";
import { type ActionLogsOptions, readActionLogs } from "./logs.ts";
import { readRecording, type Recording } from "./recording.ts";
import { readReasons, readRunReasons, type Reasons } from "./reasons.ts";
import { type ActionValues, readValues } from "./values.ts";
import { listNotifications, type RunNotification } from "./list-notifications.ts";
import { listStreams, type StreamSummary } from "./list-streams.ts";
import { readEntries, readStream, requireStreams, type StreamEvent } from "./read-stream.ts";
import { readProgressNow, watchProgress } from "./watch-progress.ts";
import { followRun, watchAction, watchActions } from "./watch.ts";

/** Options of `Run.wait`. */
export interface RunWaitOptions {
  /** A limit of the waiting. Default: none. */
  readonly timeout?: Duration;
  /** Stops waiting; `wait` then throws its reason. */
  readonly signal?: AbortSignal;
  /** Makes a run that did not succeed an error. Default true. */
  readonly throws?: boolean;
}

const waitNames: OptionNames<RunWaitOptions> = { timeout: true, signal: true, throws: true };
const logsNames: OptionNames<RunLogsOptions & ActionLogsOptions> = {
  action: true,
  attempt: true,
  follow: true,
  limit: true,
  signal: true,
};

/** Facts about a run that its first action does not tell. */
interface RunKnown {
  readonly interface?: TaskInterface;
  readonly labels?: Readonly<Record<string, string>>;
}

const root = "a0";

/**
 * A run, as it was last read. Waiting for it and following it survive a restart of the platform.
 * Source: Flyte's `remote.Run`.
 */
export class Run<Output = unknown> implements RunHandle<Output> {
  readonly #controlPlane: ControlPlane;
  readonly #interface: TaskInterface | undefined;
  readonly #id: RunId;
  /** Its labels; undefined in a list of runs, which does not say. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  #root: ActionInfo;
  /** `task.Outputs`, if they came with its end. */
  #outputs: Uint8Array | undefined;

  /** @internal Runs come from `run`, `Run.get` and `Run.list`. */
  constructor(controlPlane: ControlPlane, message: ActionMessage | ActionDetails, known: RunKnown = {}) {
    this.#controlPlane = controlPlane;
    this.#interface = known.interface;
    this.labels = known.labels;
    this.#id = fromRunIdentifier(message.id?.run);
    this.#root = readAction(message);
  }

  /** @throws AppEnvError NOT_FOUND, UNREACHABLE. */
  static async get(name: string, options: ControlPlaneOptions = {}): Promise<Run> {
    checkOptions(options, "Run.get", connectOptionNames);
    const controlPlane = await connect(options);
    const runId = toRunIdentifier({ project: controlPlane.project, domain: controlPlane.domain, run: name });
    const { details } = await held(controlPlane, () => taskApi(controlPlane).runs.getRunDetails({ runId }));
    const labels = details?.runSpec?.labels?.values ?? {};
    if (details?.action !== undefined) return new Run(controlPlane, details.action, { labels });
    throw new AppEnvError("NOT_FOUND", `There is no run '${name}' in ${controlPlane.project}/${controlPlane.domain}.`);
  }

  /** Runs of a project and domain, the newest first. @throws AppEnvError UNREACHABLE. */
  static async list(options: RunListOptions = {}): Promise<readonly Run[]> {
    checkOptions(options, "Run.list", runListOptionNames);
    const controlPlane = await connect(options);
    const messages = await held(controlPlane, () => listRuns(controlPlane, options));
    return messages.map((message) => new Run(controlPlane, message));
  }

  /** Its identity. */
  get id(): RunId {
    return this.#id;
  }

  /** The run's name. */
  get name(): string {
    return this.#id.run;
  }

  /** Its page in the console; empty if there is none. */
  get url(): string {
    const { project, domain, run } = this.#id;
    return this.#controlPlane.consolePage({ project, domain, name: run }, "runs");
  }

  /** As it was last read. */
  get phase(): RunPhase {
    return this.#root.phase;
  }

  /** The task it runs: `environment.task`, and its version. */
  get task(): { readonly name: string; readonly version: string } {
    return { name: this.#root.task, version: this.#root.version ?? "" };
  }

  /** The time at which it begins, while that is to come; undefined otherwise. */
  get scheduledAt(): Date | undefined {
    const { phase, startedAt } = this.#root;
    // The platform tells the planned start of a run that has not begun.
    return phase === "QUEUED" && startedAt !== undefined && startedAt.getTime() > Date.now() ? startedAt : undefined;
  }

  /** The time of its start. */
  get startedAt(): Date | undefined {
    return this.#root.startedAt;
  }

  /** The time of its end; undefined before. */
  get endedAt(): Date | undefined {
    return this.#root.endedAt;
  }

  /** The reason why it did not succeed; undefined also in a list of runs, which does not say. */
  get failure(): ActionInfo["failure"] {
    return this.#root.failure;
  }

  /**
   * Waits until it has ended. Resolves with its final phase.
   *
   * @throws AppEnvError TASK_FAILED with the task's own error as its cause, ABORTED, TIMED_OUT (also of `timeout`).
   */
  async wait(options: RunWaitOptions = {}): Promise<RunPhase> {
    checkOptions(options, "Run.wait", waitNames);
    const { timeout, signal, throws = true } = options;
    const limitMs = timeout === undefined ? undefined : durationMs(timeout, "timeout");
    const limit = limitMs === undefined ? undefined : AbortSignal.timeout(limitMs);
    const signals = [signal, limit].filter((item) => item !== undefined);
    await this.#untilEnded(signals.length === 0 ? undefined : AbortSignal.any(signals));
    if (!isFinal(this.phase)) {
      signal?.throwIfAborted();
      throw new AppEnvError("TIMED_OUT", `'${this.name}' is ${this.phase} after ${(limitMs ?? 0) / 1000} s.`, {
        fix: "Wait longer; the run goes on.",
      });
    }
    if (throws) await this.#throwIfFailed();
    return this.phase;
  }

  /** Waits, and resolves with the task's output. @throws AppEnvError TASK_FAILED, ABORTED, TIMED_OUT. */
  async outputs(): Promise<Output> {
    await this.wait();
    const bytes = this.#outputs;
    if (bytes === undefined || this.#interface === undefined) return (await this.values()).output as Output;
    return (bytes.length === 0 ? undefined : decodeOutput(this.#interface.output, bytes)) as Output;
  }

  /** The task's inputs. @throws AppEnvError NOT_FOUND. */
  async inputs(): Promise<Readonly<Record<string, unknown>>> {
    return (await this.values()).inputs;
  }

  /** The inputs and the output of an action, the first one by default. @throws AppEnvError NOT_FOUND. */
  values(action: string = root): Promise<ActionValues> {
    const known = action === root ? { interface: this.#interface, succeeded: hasSucceeded(this.phase) } : undefined;
    return held(this.#controlPlane, () => readValues(this.#controlPlane, this.#actionId(action), known));
  }

  /** Each change of its phase, beginning with the one it has; ends with the run. The other properties follow it. */
  async *watch(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<RunPhase> {
    let last: RunPhase | undefined;
    for await (const phase of this.#watch(options.signal)) {
      if (phase !== last) yield phase;
      last = phase;
    }
  }

  /** Its actions as they are now, in order of their creation. @throws AppEnvError NOT_FOUND. */
  async actions(): Promise<readonly RunAction[]> {
    const list = this.#controlPlane.embedded ? listActions : listWholeActions;
    const messages = await held(this.#controlPlane, () => list(this.#controlPlane, this.#id));
    return messages.map((message) => readAction(message));
  }

  /**
   * The reasons why actions failed, were aborted or wait, and the questions of conditions, by the actions' names. A Flyte
   * cluster tells why the first 20 failed. @throws AppEnvError NOT_FOUND.
   */
  reasons(actions: readonly RunAction[]): Promise<Reasons> {
    return held(this.#controlPlane, () => readReasons(this.#controlPlane, this.#id, actions));
  }

  /** @internal Everything that an action was given, to run its code again. @throws AppEnvError NOT_FOUND, UNSUPPORTED. */
  recording(action: string): Promise<Recording> {
    return held(this.#controlPlane, () => readRecording(this.#controlPlane, this.#actionId(action)));
  }

  /** The reasons why runs of a list failed or wait, by their names; a Flyte cluster does not tell. @throws AppEnvError UNREACHABLE. */
  static async reasons(runs: readonly Run[]): Promise<Reasons> {
    const [first] = runs;
    if (first === undefined) return new Map();
    const controlPlane = first.#controlPlane;
    return held(controlPlane, () =>
      readRunReasons(
        controlPlane,
        runs.map(({ id }) => id),
      ),
    );
  }

  /** One of its actions, with what a list leaves out. @throws AppEnvError NOT_FOUND. */
  async action(name: string): Promise<ActionInfo> {
    const actionId = toActionIdentifier(this.#actionId(name));
    const { details } = await held(this.#controlPlane, () =>
      taskApi(this.#controlPlane).runs.getActionDetails({ actionId }),
    );
    if (details !== undefined) return readAction(details);
    throw new AppEnvError("NOT_FOUND", `There is no action '${name}' in the run '${this.name}'.`);
  }

  /** Actions as they are now, then those that change, until the run has ended. */
  watchActions(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<readonly RunAction[]> {
    return heldStream(this.#controlPlane, () => this.#watchActions(options.signal));
  }

  /** Lines of an action's log. Default: of the first, up to now. `follow`: until it has ended. @throws AppEnvError NOT_FOUND. */
  logs(options: RunLogsOptions & ActionLogsOptions = {}): AsyncGenerator<RunLogLine> {
    checkOptions(options, "Run.logs", logsNames);
    const { action = root, ...rest } = options;
    return heldStream(this.#controlPlane, () => readActionLogs(this.#controlPlane, this.#actionId(action), rest));
  }

  /**
   * Values that its tasks write with `ctx.stream(name)`, as they come, each once and in order, also over a restart of the
   * platform. Ends when the stream is closed or the run has ended.
   *
   * @throws AppEnvError NOT_FOUND, UNSUPPORTED (on a Flyte cluster), INVALID_OUTPUT (`schema`), INVALID_OPTION.
   */
  stream<Value = unknown>(name: string, options: RunStreamOptions<Value> = {}): AsyncGenerator<StreamItem<Value>> {
    return heldStream(this.#controlPlane, () => readStream(this.#controlPlane, this.#id, name, options));
  }

  /** @internal The entries of a stream, with restarts and its end, for those who pass them on. */
  streamEvents(name: string, options: Pick<RunStreamOptions, "from" | "signal">): AsyncGenerator<StreamEvent> {
    requireStreams(this.#controlPlane);
    return heldStream(this.#controlPlane, () =>
      readEntries(this.#controlPlane, { ...this.#id, stream: name }, options),
    );
  }

  /**
   * Its notifications, and how they were delivered, in the order of its rules; none before its end.
   *
   * @throws AppEnvError NOT_FOUND, UNSUPPORTED (on a Flyte cluster).
   */
  notifications(): Promise<readonly RunNotification[]> {
    return held(this.#controlPlane, () => listNotifications(this.#controlPlane, this.#id));
  }

  /** Its streams as they are now. @throws AppEnvError NOT_FOUND, UNSUPPORTED (on a Flyte cluster). */
  streams(): Promise<readonly StreamSummary[]> {
    return held(this.#controlPlane, () => listStreams(this.#controlPlane, this.#id));
  }

  /** The progress and the metadata of its actions as they are now. @throws AppEnvError NOT_FOUND, UNSUPPORTED (on a Flyte cluster). */
  progress(): Promise<readonly ActionProgress[]> {
    return held(this.#controlPlane, () => readProgressNow(this.#controlPlane, this.#id));
  }

  /**
   * The progress and the metadata of its actions: all that there are, then those that change; ends with the run.
   *
   * @throws AppEnvError NOT_FOUND, UNSUPPORTED (on a Flyte cluster).
   */
  watchProgress(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<readonly ActionProgress[]> {
    const { signal = new AbortController().signal } = options;
    return heldStream(this.#controlPlane, () => watchProgress(this.#controlPlane, this.#id, signal));
  }

  /** Cancels it and everything below, or one action of it. Without effect if it has ended. @throws AppEnvError NOT_FOUND. */
  async abort(reason = "", action: string = root): Promise<void> {
    const { runs } = taskApi(this.#controlPlane);
    await held<unknown>(this.#controlPlane, () =>
      action === root
        ? runs.abortRun({ runId: toRunIdentifier(this.#id), reason })
        : runs.abortAction({ actionId: toActionIdentifier(this.#actionId(action)), reason }),
    );
  }

  /**
   * Deletes it with its actions, logs, files and results in the cache, once it has ended.
   *
   * @throws AppEnvError NOT_FOUND, RUN_IN_USE, UNSUPPORTED on a Flyte cluster.
   */
  delete(): Promise<void> {
    return deleteRun(this.#controlPlane, this.#id);
  }

  /**
   * Falls back to Flyte's stream where the platform's own is missing or breaks; that one is opened again until it
   * answers.
   */
  async #untilEnded(signal: AbortSignal | undefined): Promise<void> {
    const isOver = (): boolean => isFinal(this.phase) || signal?.aborted === true;
    if (isOver()) return;
    const end = await held(this.#controlPlane, () => followRun(this.#controlPlane, this.#id, signal));
    if (end !== undefined) {
      this.#root = { ...this.#root, ...readState(end.details) };
      this.#outputs = end.outputs;
    }
    if (!isOver()) for await (const _ of this.#watch(signal)) if (isFinal(this.phase)) break;
  }

  #watch(signal: AbortSignal | undefined): AsyncGenerator<RunPhase> {
    return heldStream(this.#controlPlane, () => this.#phases(signal));
  }

  async *#phases(signal: AbortSignal = new AbortController().signal): AsyncGenerator<RunPhase> {
    if (isFinal(this.phase)) yield this.phase;
    else {
      for await (const details of watchAction(this.#controlPlane, this.#actionId(root), signal)) {
        this.#root = readAction(details);
        yield this.phase;
      }
    }
  }

  async *#watchActions(signal: AbortSignal = new AbortController().signal): AsyncGenerator<readonly RunAction[]> {
    for await (const changes of watchActions(this.#controlPlane, this.#id, signal)) {
      const actions = changes.flatMap(({ action }) => (action === undefined ? [] : [readAction(action)]));
      yield actions;
      if (actions.some(({ name, phase }) => name === root && isFinal(phase))) return;
    }
  }

  async #throwIfFailed(): Promise<void> {
    if (hasSucceeded(this.phase)) return;
    // A list of runs does not say why.
    this.#root = this.failure === undefined ? await this.action(root) : this.#root;
    throw runError(this.name, this.phase, this.failure);
  }

  #actionId(action: string): ActionId {
    return { ...this.#id, action };
  }
}
