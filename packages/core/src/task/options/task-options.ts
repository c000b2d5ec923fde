import type { Duration } from "../../values/duration.ts";
import type { TriggerOptions } from "../triggers/trigger.ts";

/** As much of a zod schema as tasks need; also other libraries' types extend it. */
export interface Schema<Output = unknown, Input = Output> {
  readonly _zod: { readonly output: Output; readonly input: Input; readonly def: { readonly type: string } };
}

/** How a task is defined. Source: Flyte's `@env.task`. */
export interface TaskOptions<Input extends Schema | undefined, Output extends Schema | undefined> {
  /** Unique in its environment: letters, digits, `_` and `-`. On the control plane it is `environment.name`. */
  readonly name: string;
  /** A zod object: its keys are the task's inputs. Without it the task takes nothing. */
  readonly input?: Input;
  /** A zod schema of what it returns. Without it the task gives nothing. */
  readonly output?: Output;
  /** For people; the first line is shown in lists. */
  readonly description?: string;
  /** What lists show instead of the name. */
  readonly shortName?: string;
  /** How often it is tried again after a failure. Default 0. */
  readonly retries?: number | RetryOptions;
  /** The longest an attempt may run, or all limits. Default: none. */
  readonly timeout?: Duration | TaskTimeoutOptions;
  /** Whether a result may be taken from an earlier action. Default: that of the environment. */
  readonly cache?: CacheBehavior | CacheOptions;
  /** When it runs by itself. */
  readonly triggers?: readonly TriggerOptions[];
  /** Whether it writes a report. Default false. */
  readonly report?: boolean;
  /** The most bytes its inputs, and its output, may have as messages. Default 10 MiB. Larger data goes into a FlyteFile. */
  readonly maxInlineBytes?: number;
  /** Whether it has a process to itself, as work that keeps a processor busy should. Default false. */
  readonly isolated?: boolean;
  /** How many of its actions run at once on one platform. Default: no limit. */
  readonly concurrency?: number;
  /** Whether a cluster may run it on machines it can take away. Default: that of the environment. */
  readonly interruptible?: boolean;
}

/** Source: Flyte's `RetryStrategy`. */
export interface RetryOptions {
  /** How often it is tried again. */
  readonly count: number;
  /** How long to wait before that. Default: 500 ms, doubled each time, up to 30 s. */
  readonly backoff?: {
    readonly base: Duration;
    /** Default 1: always the same. */
    readonly factor?: number;
    /** The longest wait. Needed with a factor above 1. */
    readonly cap?: Duration;
  };
}

/** Source: Flyte's `Timeout`. */
export interface TaskTimeoutOptions {
  /** For each attempt, from its start. */
  readonly maxRuntime?: Duration;
  /** For each attempt, from when it could start until it does. */
  readonly maxQueuedTime?: Duration;
  /** For all attempts together, from when the action was made. */
  readonly deadline?: Duration;
}

/**
 * `auto`: the key changes with the task's own code; `override`: with the version that is stated; `disable`: nothing is
 * looked up or stored.
 */
export type CacheBehavior = "auto" | "override" | "disable";

/** Source: Flyte's `Cache`. */
export interface CacheOptions {
  readonly behavior: CacheBehavior;
  /** With `override`: the version. */
  readonly versionOverride?: string;
  /** Whether of several actions with one key only one runs, and the others wait for its result. Default false. */
  readonly serialize?: boolean;
  /** Inputs that are not part of the key. */
  readonly ignoredInputs?: readonly string[];
  /** Makes other keys of the same inputs. */
  readonly salt?: string;
}

/** Checked options of a task: durations in milliseconds, defaults filled in. */
export interface TaskSettings {
  readonly description: string | undefined;
  readonly shortName: string | undefined;
  readonly retries: number;
  readonly backoff: { readonly baseMs: number; readonly factor: number; readonly capMs: number } | undefined;
  readonly maxRuntimeMs: number | undefined;
  readonly maxQueuedMs: number | undefined;
  readonly deadlineMs: number | undefined;
  readonly cache: {
    readonly behavior: CacheBehavior;
    /** `override`: as stated; `auto`: a hash of the function's source. */
    readonly version: string;
    readonly serialize: boolean;
    readonly ignoredInputs: readonly string[];
    readonly salt: string;
  };
  readonly report: boolean;
  readonly maxInlineBytes: number;
  readonly isolated: boolean;
  readonly concurrency: number | undefined;
  readonly interruptible: boolean;
}
