import type { Schema } from "./options/task-options.ts";
import type { TaskMetadata } from "./task-metadata.ts";
import type { TaskStream } from "./task-stream.ts";

/** Facts about a running action, and its log, progress, streams and report. */
export interface TaskContext {
  readonly project: string;
  readonly domain: string;
  /** The run's name. */
  readonly run: string;
  /** The action's name in the run; `a0` for the first. */
  readonly action: string;
  /** `environment.task`. */
  readonly task: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Aborted when the action is cancelled or its time is over; the reason is an AppEnvError ABORTED or TIMED_OUT. */
  readonly signal: AbortSignal;
  /** Labels of the run. */
  readonly labels: Readonly<Record<string, string>>;
  /** Env vars of the run. On a platform they are in `process.env` too: such runs have processes of their own. */
  readonly envVars: Readonly<Record<string, string>>;
  /** Lines of the action's log. */
  readonly log: TaskLog;
  /** Reports progress. @param done - Of `total`, default 1. @param message - For people. */
  progress(done: number, total?: number, message?: string): void;
  /** A small JSON object that clients see while the action runs: `run.watchProgress()`, `appenv run`, the console. */
  readonly metadata: TaskMetadata;
  /**
   * A stream of the run: values that clients and browsers read while they are written, and afterwards. All actions of a run
   * that name it write into the same one.
   *
   * @param name - Letters, digits, `_`, `-` and `.`; at most 100.
   * @param schema - Checks each value. Default: any JSON.
   * @throws AppEnvError INVALID_OPTION.
   */
  stream<Value = unknown>(name: string): TaskStream<Value>;
  stream<S extends Schema>(name: string, schema: S): TaskStream<S["_zod"]["input"]>;
  /** The action's report, if its task has `report: true`. */
  readonly report: TaskReport;
}

/** Writes lines of an action's log. Objects are written as JSON. */
export interface TaskLog {
  debug(...values: readonly unknown[]): void;
  info(...values: readonly unknown[]): void;
  warn(...values: readonly unknown[]): void;
  error(...values: readonly unknown[]): void;
}

/** A page of HTML beside an action's result. It is stored when the attempt ends, and at each `flush`. */
export interface TaskReport {
  /** Adds HTML to a tab; tabs stand in the order they are first named. Default tab `Report`. */
  append(html: string, tab?: string): void;
  /** Replaces a tab's HTML. */
  replace(html: string, tab?: string): void;
  /** Stores it as it is now, so that it is seen while the action runs. */
  flush(): Promise<void>;
}
