import type { Duration } from "../../values/duration.ts";
import type { NotificationRule } from "../notify/notification-rule.ts";
import type { TriggerOptions } from "../triggers/trigger.ts";
import type { DebounceOptions, DebounceSettings, ThrottleOptions, ThrottleSettings } from "./recurrence-options.ts";
import type { QueueOptions, QueueSettings } from "./queue-options.ts";

/** As much of a zod schema as tasks need; also other libraries' types extend it. */
export interface Schema<Output = unknown, Input = Output> {
  readonly _zod: { readonly output: Output; readonly input: Input; readonly def: { readonly type: string } };
}

type InputOf<Input extends Schema | undefined> = Input extends Schema
  ? Input["_zod"]["input"]
  : Readonly<Record<string, never>>;

/** Options of a task. Source: Flyte's `@env.task`. */
export interface TaskOptions<Input extends Schema | undefined, Output extends Schema | undefined> {
  /** Unique in its environment: letters, digits, `_` and `-`. On the control plane it is `environment.name`. */
  readonly name: string;
  /** A zod object: its keys are the task's inputs. Without it the task takes none. */
  readonly input?: Input;
  /** A zod schema of the output. Without it the task returns nothing. */
  readonly output?: Output;
  /** For people; the first line is shown in lists. */
  readonly description?: string;
  /** A name for lists, instead of `name`. */
  readonly shortName?: string;
  /** Number of retries after a failure. Default 0. */
  readonly retries?: number | RetryOptions;
  /** Maximum run time of an attempt, or all time limits. Default: none. */
  readonly timeout?: Duration | TaskTimeoutOptions;
  /** Reuse of results of earlier actions. Default: that of the environment. */
  readonly cache?: CacheBehavior | CacheOptions;
  /** Triggers that start runs of it. */
  readonly triggers?: readonly TriggerOptions[];
  /** Lets it write a report. Default false. */
  readonly report?: boolean;
  /** Maximum bytes of its inputs, and of its output, as messages. Default 10 MiB. Larger data goes into a FlyteFile. */
  readonly maxInlineBytes?: number;
  /** Gives each of its attempts a process of its own, as work that keeps a processor busy should have. Default false. */
  readonly isolated?: boolean;
  /** Maximum actions of it that run at once on one platform. Default: no limit. */
  readonly concurrency?: number;
  /** Limits by a key, such as a tenant, and a queue that tasks share. Default: a queue of its own without limits. */
  readonly queue?: QueueOptions<InputOf<Input>>;
  /**
   * From -100 to 100: among what waits in an environment or in a queue, the highest starts first. Default: 0, and for an action
   * that another one calls that of its caller.
   */
  readonly priority?: number;
  /** Makes one run of many requests in a short time: it begins with the last one's input. Calls by other tasks are as ever. */
  readonly debounce?: DebounceOptions<InputOf<Input>>;
  /** Answers requests for runs beyond a number with the run before. Calls by other tasks are as ever. */
  readonly throttle?: ThrottleOptions<InputOf<Input>>;
  /** Time after its end for which a run is kept, for example `7d`, whatever the platform's `--keep-runs` says. Default: that. */
  readonly retention?: Duration;
  /** Notifications of its runs, unless they state others; not of actions that another task calls. Default: none. */
  readonly notify?: readonly NotificationRule[];
  /** Lets a cluster run it on machines that it can take away. Default: that of the environment. */
  readonly interruptible?: boolean;
}

/** Source: Flyte's `RetryStrategy`. */
export interface RetryOptions {
  /** Number of retries. */
  readonly count: number;
  /** Wait before each retry. Default: 500 ms, doubled each time, up to 30 s. */
  readonly backoff?: {
    readonly base: Duration;
    /** Default 1: always the same. */
    readonly factor?: number;
    /** Maximum wait. Required with a factor above 1. */
    readonly cap?: Duration;
  };
}

/** Source: Flyte's `Timeout`. */
export interface TaskTimeoutOptions {
  /** Time limit of each attempt, from its start. */
  readonly maxRuntime?: Duration;
  /** Time limit of each attempt's wait to start. */
  readonly maxQueuedTime?: Duration;
  /** Time limit of all attempts together, from the creation of the action. */
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
  /** Runs only one of several actions with one key; the others wait for its result. Default false. */
  readonly serialize?: boolean;
  /** Inputs that are not part of the key. */
  readonly ignoredInputs?: readonly string[];
  /** A text that changes the keys. */
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
  /** Unset: its own queue, without limits and key. */
  readonly queue?: QueueSettings;
  /** Unset: that of its run or its caller. */
  readonly priority?: number;
  readonly debounce?: DebounceSettings;
  readonly throttle?: ThrottleSettings;
  /** Unset: as long as the platform keeps runs. */
  readonly retentionMs?: number;
  /** Unset: none. */
  readonly notify?: readonly NotificationRule[];
  readonly interruptible: boolean;
}
