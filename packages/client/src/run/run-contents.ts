import type { ActionProgress, RunAction, RunLogLine, RunLogsOptions, RunStreamOptions, StreamItem } from "@appenv/core";
import { AppEnvError } from "@appenv/core";
import { checkOptions, type OptionNames } from "@appenv/core/internal";
import { toActionIdentifier } from "@appenv/protocol/tasks";
import { held, heldStream } from "../control-plane/held.ts";
import { type ActionInfo, hasSucceeded, isFinal, readAction } from "./action.ts";
import { taskApi } from "./api.ts";
import { listActions, listWholeActions } from "./cluster/list-actions.ts";
import { listNotifications, type RunNotification } from "./list-notifications.ts";
import { listStreams, type StreamSummary } from "./list-streams.ts";
import { type ActionLogsOptions, readActionLogs } from "./logs.ts";
import { readEntries, readStream, requireStreams, type StreamEvent } from "./read-stream.ts";
import { readReasons, type Reasons } from "./reasons.ts";
import { readRecording, type Recording } from "./recording.ts";
import { root, RunFacts } from "./run-facts.ts";
import { type ActionValues, readValues } from "./values.ts";
import { readWaitingCondition, type WaitingCondition } from "./waiting-condition.ts";
import { readProgressNow, watchProgress } from "./watch-progress.ts";
import { watchActions } from "./watch.ts";

const logsNames: OptionNames<RunLogsOptions & ActionLogsOptions> = {
  action: true,
  attempt: true,
  follow: true,
  limit: true,
  signal: true,
};

/** The contents of a run that are read from its control plane: actions, values, logs, streams. */
export class RunContents extends RunFacts {
  /** The task's inputs. @throws AppEnvError NOT_FOUND. */
  async inputs(): Promise<Readonly<Record<string, unknown>>> {
    return (await this.values()).inputs;
  }

  /** The inputs and the output of an action, the first one by default. @throws AppEnvError NOT_FOUND. */
  values(action: string = root): Promise<ActionValues> {
    const known = action === root ? { interface: this.interface, succeeded: hasSucceeded(this.phase) } : undefined;
    return held(this.controlPlane, () => readValues(this.controlPlane, this.actionId(action), known));
  }

  /** Its actions as they are now, in order of their creation. @throws AppEnvError NOT_FOUND. */
  async actions(): Promise<readonly RunAction[]> {
    const list = this.controlPlane.embedded ? listActions : listWholeActions;
    const messages = await held(this.controlPlane, () => list(this.controlPlane, this.id));
    return messages.map((message) => readAction(message));
  }

  /**
   * The reasons why actions failed, were aborted or wait, and the questions of conditions, by the actions' names. A Flyte
   * cluster tells why the first 20 failed. @throws AppEnvError NOT_FOUND.
   */
  reasons(actions: readonly RunAction[]): Promise<Reasons> {
    return held(this.controlPlane, () => readReasons(this.controlPlane, this.id, actions));
  }

  /** @internal Everything that an action was given, to run its code again. @throws AppEnvError NOT_FOUND, UNSUPPORTED. */
  recording(action: string): Promise<Recording> {
    return held(this.controlPlane, () => readRecording(this.controlPlane, this.actionId(action)));
  }

  /**
   * The question of a condition that waits, and the ways to answer it; undefined on a Flyte cluster.
   *
   * @param action - The name of the condition's action.
   * @throws AppEnvError CONDITION_NOT_WAITING, NOT_FOUND.
   */
  waitingCondition(action: string): Promise<WaitingCondition | undefined> {
    return held(this.controlPlane, () => readWaitingCondition(this.controlPlane, this.actionId(action)));
  }

  /** One of its actions, with what a list leaves out. @throws AppEnvError NOT_FOUND. */
  async action(name: string): Promise<ActionInfo> {
    const actionId = toActionIdentifier(this.actionId(name));
    const { details } = await held(this.controlPlane, () =>
      taskApi(this.controlPlane).runs.getActionDetails({ actionId }),
    );
    if (details !== undefined) return readAction(details);
    throw new AppEnvError("NOT_FOUND", `There is no action '${name}' in the run '${this.name}'.`);
  }

  /** Actions as they are now, then those that change, until the run has ended. */
  watchActions(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<readonly RunAction[]> {
    return heldStream(this.controlPlane, () => this.#watchActions(options.signal));
  }

  /** Lines of an action's log. Default: of the first, up to now. `follow`: until it has ended. @throws AppEnvError NOT_FOUND. */
  logs(options: RunLogsOptions & ActionLogsOptions = {}): AsyncGenerator<RunLogLine> {
    checkOptions(options, "Run.logs", logsNames);
    const { action = root, ...rest } = options;
    return heldStream(this.controlPlane, () => readActionLogs(this.controlPlane, this.actionId(action), rest));
  }

  /**
   * Values that its tasks write with `ctx.stream(name)`, as they come, each once and in order, also over a restart of the
   * platform. Ends when the stream is closed or the run has ended.
   *
   * @throws AppEnvError NOT_FOUND, UNSUPPORTED (on a Flyte cluster), INVALID_OUTPUT (`schema`), INVALID_OPTION.
   */
  stream<Value = unknown>(name: string, options: RunStreamOptions<Value> = {}): AsyncGenerator<StreamItem<Value>> {
    return heldStream(this.controlPlane, () => readStream(this.controlPlane, this.id, name, options));
  }

  /** @internal The entries of a stream, with restarts and its end, for those who pass them on. */
  streamEvents(name: string, options: Pick<RunStreamOptions, "from" | "signal">): AsyncGenerator<StreamEvent> {
    requireStreams(this.controlPlane);
    return heldStream(this.controlPlane, () => readEntries(this.controlPlane, { ...this.id, stream: name }, options));
  }

  /**
   * Its notifications, and how they were delivered, in the order of its rules; none before its end.
   *
   * @throws AppEnvError NOT_FOUND, UNSUPPORTED (on a Flyte cluster).
   */
  notifications(): Promise<readonly RunNotification[]> {
    return held(this.controlPlane, () => listNotifications(this.controlPlane, this.id));
  }

  /** Its streams as they are now. @throws AppEnvError NOT_FOUND, UNSUPPORTED (on a Flyte cluster). */
  streams(): Promise<readonly StreamSummary[]> {
    return held(this.controlPlane, () => listStreams(this.controlPlane, this.id));
  }

  /** The progress and the metadata of its actions as they are now. @throws AppEnvError NOT_FOUND, UNSUPPORTED (on a Flyte cluster). */
  progress(): Promise<readonly ActionProgress[]> {
    return held(this.controlPlane, () => readProgressNow(this.controlPlane, this.id));
  }

  /**
   * The progress and the metadata of its actions: all that there are, then those that change; ends with the run.
   *
   * @throws AppEnvError NOT_FOUND, UNSUPPORTED (on a Flyte cluster).
   */
  watchProgress(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<readonly ActionProgress[]> {
    const { signal = new AbortController().signal } = options;
    return heldStream(this.controlPlane, () => watchProgress(this.controlPlane, this.id, signal));
  }

  async *#watchActions(signal: AbortSignal = new AbortController().signal): AsyncGenerator<readonly RunAction[]> {
    for await (const changes of watchActions(this.controlPlane, this.id, signal)) {
      const actions = changes.flatMap(({ action }) => (action === undefined ? [] : [readAction(action)]));
      yield actions;
      if (actions.some(({ name, phase }) => name === root && isFinal(phase))) return;
    }
  }
}
