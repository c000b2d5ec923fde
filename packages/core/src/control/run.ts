import type { ReadToken, ReadTokenOptions } from "./read-token.ts";
import type { RunPhase } from "./run-phase.ts";
import type { ActionProgress, RunSnapshot, RunStreamOptions, StreamItem } from "./run-streams.ts";
import type { NotificationRule } from "../task/notify/notification-rule.ts";
import type { TaskFunction } from "../task/task-function.ts";
import type { Duration } from "../values/duration.ts";
import { importTool } from "./import-tool.ts";
import { controlPlaneOptionNames, type ControlPlaneOptions, type ProgressAbout } from "./control-plane.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** Options of a run. */
export interface RunOptions extends ControlPlaneOptions {
  /** The run's name: at most 30 lower case letters, digits and hyphens. Default: a generated one. */
  readonly name?: string;
  /** Labels for people and for filters; `ctx.labels` has them. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations for people and for programs other than Flyte. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Env vars of the run beside the environment's own; these win. */
  readonly envVars?: Readonly<Record<string, string>>;
  /** Computes cached results anew. Default false. */
  readonly overwriteCache?: boolean;
  /** An idempotency key: two calls with one key make one run. */
  readonly idempotencyKey?: string;
  /** Starts it after this time; meanwhile it is scheduled, and can be aborted. Default: at once. */
  readonly delay?: Duration;
  /** Starts it at this moment, or at once if that is over. Not together with `delay`. */
  readonly at?: Date;
  /** Lets it expire (TIMED_OUT, `RUN_EXPIRED`) if it has not begun this long after its start was due. Default: never. */
  readonly ttl?: Duration;
  /**
   * From -100 to 100: of what waits, the highest starts first. Default: that of the task, else 0. Tasks that it calls have the
   * same, unless they state their own.
   */
  readonly priority?: number;
  /** The key by which the queue of the task limits it, at most 128 characters. Default: read from the inputs as the queue says. */
  readonly queueKey?: string;
  /** Its notifications; an empty list: none. Default: those of the task. */
  readonly notify?: readonly NotificationRule[];
  /** Receives notes for people, for example about options that the control plane ignores. Default: `onProgress`. */
  readonly onNote?: (message: string) => void;
  /** Receives progress for people; `about`: the environment of the plan that it concerns, if only one. */
  readonly onProgress?: (message: string, about?: ProgressAbout) => void;
}

/** The names of the options of `run`. */
export const runOptionNames: OptionNames<RunOptions> = {
  ...controlPlaneOptionNames,
  name: true,
  labels: true,
  annotations: true,
  envVars: true,
  overwriteCache: true,
  idempotencyKey: true,
  delay: true,
  at: true,
  ttl: true,
  priority: true,
  queueKey: true,
  notify: true,
  onNote: true,
  onProgress: true,
};

/** A run that was started. It goes on whatever happens to this process. */
export interface RunHandle<Output = unknown> {
  /** The run's name. */
  readonly name: string;
  /** Its page in the console. */
  readonly url: string;
  /** Its phase when it was last read. */
  readonly phase: RunPhase;
  /**
   * Waits until the run has ended, and resolves with its final phase.
   *
   * @param options - `throws`: whether a run that did not succeed is an error, as it is by default.
   * @throws AppEnvError TASK_FAILED, ABORTED, TIMED_OUT, which is also what it is after `timeout`.
   */
  wait(options?: {
    readonly timeout?: Duration;
    readonly signal?: AbortSignal;
    readonly throws?: boolean;
  }): Promise<RunPhase>;
  /** Waits, and resolves with the task's output. @throws AppEnvError TASK_FAILED, ABORTED, TIMED_OUT. */
  outputs(): Promise<Output>;
  /** Each change of its phase, beginning with the one it has; ends with the run. */
  watch(): AsyncIterable<RunPhase>;
  /** Each change of its phase, and of the progress and the metadata of its actions; ends with the run. */
  watch(options: { readonly progress: true }): AsyncIterable<RunSnapshot>;
  /** Its actions as they are now, in order of their creation. */
  actions(): Promise<readonly RunAction[]>;
  /** Lines of an action's log. Default: of the first action `a0`, up to now. `follow`: until it has ended. */
  logs(options?: RunLogsOptions): AsyncIterable<RunLogLine>;
  /** Values that its tasks write with `ctx.stream(name)`, as they come. */
  stream<Value = unknown>(name: string, options?: RunStreamOptions<Value>): AsyncIterable<StreamItem<Value>>;
  /** The progress and the metadata of its actions: all that there are, then those that change; ends with the run. */
  watchProgress(): AsyncIterable<readonly ActionProgress[]>;
  /**
   * Makes a token with which a page of any origin reads this run from the platform, until it expires.
   *
   * @throws AppEnvError INVALID_OPTION, UNSUPPORTED on a Flyte cluster.
   */
  readToken(options?: ReadTokenOptions): Promise<ReadToken>;
  /** Cancels it and everything below. Without effect if it has ended. @param reason - For people. */
  abort(reason?: string): Promise<void>;
}

/** An action of a run, as it is now. */
export interface RunAction {
  /** `a0` for the first. */
  readonly name: string;
  readonly kind: "task" | "trace" | "condition" | "sleep" | "event";
  /** Undefined for the first. */
  readonly parent: string | undefined;
  /** The name of its group; empty without one. */
  readonly group: string;
  /** `environment.task`, or the name of the traced function, the condition or the event, with its key; `sleep`. */
  readonly task: string;
  /** The end of a sleep, as it was planned. */
  readonly until?: Date;
  readonly phase: RunPhase;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** Number of its attempts so far. */
  readonly attempts: number;
}

/** A choice of log lines. */
export interface RunLogsOptions {
  /** Default `a0`. */
  readonly action?: string;
  /** From 1. Default: all of them. */
  readonly attempt?: number;
  /** Waits for more lines until the action has ended. Default false. */
  readonly follow?: boolean;
}

/** A line of an action's log. */
export interface RunLogLine {
  readonly at: Date;
  readonly stream: "stdout" | "stderr" | "platform";
  /** Without its line break. */
  readonly text: string;
}

/** Arguments of `run` after the task: inputs, which may be left out if none is required, and options. */
export type RunArguments<Input> = void extends Input
  ? [inputs?: Input, options?: RunOptions]
  : [inputs: Input, options?: RunOptions];

/** The export of `@appenv/client` that starts runs. */
interface RunningClient {
  /** The inputs are as they were given, not yet validated. */
  run(task: TaskFunction, inputs: unknown, options: RunOptions): Promise<RunHandle>;
  runAll(task: TaskFunction, inputs: readonly unknown[], options: RunAllOptions): Promise<readonly RunHandle[]>;
}

/**
 * Starts a run of a task. If no control plane is configured and no platform runs on this machine, one is started in
 * this process; a run that is not waited for then goes on when the platform starts again.
 *
 * @throws AppEnvError INVALID_INPUT, RUN_EXISTS, IDEMPOTENCY_CONFLICT, PAYLOAD_TOO_LARGE, UNREACHABLE, MISSING_PACKAGE.
 * @example
 * const run1 = await run(addOne, { x: 1 });
 * console.log(run1.url, await run1.outputs());
 */
export async function run<Input, Output>(
  task: TaskFunction<Input, Output>,
  ...[inputs, options = {}]: RunArguments<NoInfer<Input>>
): Promise<RunHandle<Output>> {
  checkOptions(options, "run", runOptionNames);
  const client = await importTool<RunningClient>("@appenv/client");
  return client.run(task, inputs ?? {}, options) as Promise<RunHandle<Output>>;
}

/** Options of `runAll`: those of `run`, but for the name of a run. */
export interface RunAllOptions extends Omit<RunOptions, "name" | "idempotencyKey"> {
  /**
   * An idempotency key of the batch, or one for each of the inputs, in their order: what was started with one before is not
   * started again.
   */
  readonly idempotencyKey?: string | readonly string[];
}

const { name: _, ...runAllNames } = runOptionNames;

/** The names of the options of `runAll`. */
export const runAllOptionNames: OptionNames<RunAllOptions> = runAllNames;

/**
 * Starts a run of a task for each of some inputs, all or none: they are accepted in one transaction, at most 20,000 at once.
 * The runs come in the order of the inputs. A Flyte cluster accepts one run at a time: there, those before a failure stay.
 *
 * @throws AppEnvError as `run`.
 * @example
 * const runs = await runAll(addOne, [{ x: 1 }, { x: 2 }], { labels: { batch: "7" } });
 */
export async function runAll<Input, Output>(
  task: TaskFunction<Input, Output>,
  inputs: readonly NoInfer<Input>[],
  options: RunAllOptions = {},
): Promise<readonly RunHandle<Output>[]> {
  checkOptions(options, "runAll", runAllOptionNames);
  const client = await importTool<RunningClient>("@appenv/client");
  return client.runAll(task, inputs, options) as Promise<readonly RunHandle<Output>[]>;
}
