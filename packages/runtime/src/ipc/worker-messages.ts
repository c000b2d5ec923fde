// Messages between the platform and a task worker over the IPC channel of a child process, beside the messages of
// `replica-messages.ts` that concern every process (`booted`, `warm`, `failed`, `load`, and calls).

import type { ThrownError } from "@appenv/protocol/values";

/** Everything a process needs to become a worker of one task environment. */
export interface WorkerStart {
  /** The worker's own name, for logs. */
  readonly worker: string;
  /** The bundle, and the environment's own name among what it exports. */
  readonly launch: { readonly file: string; readonly environment: string };
  /** The directory it runs in. */
  readonly workdir: string;
  /** Env vars of the environment, secrets included. */
  readonly env: Readonly<Record<string, string>>;
  /** The directory of files that tasks return. */
  readonly objects: string;
  readonly project: string;
  readonly domain: string;
}

/** One attempt of one action. Times are milliseconds since 1970. */
export interface AttemptStart {
  /** Unique in the worker; everything that is said of the attempt names it. */
  readonly id: number;
  readonly run: string;
  readonly action: string;
  /** The task's name in the environment. */
  readonly task: string;
  readonly attempt: number;
  /** `task.Inputs`. */
  readonly inputs: Uint8Array;
  readonly labels: Readonly<Record<string, string>>;
  /** Env vars of the run, which are among those of the worker. */
  readonly envVars: Readonly<Record<string, string>>;
  /** The time at which the run was accepted; only for programs of containers. */
  readonly runStartedAt?: number;
  /** The worker gives up with TIMED_OUT by itself at this time; the platform a while later. */
  readonly deadline: number | undefined;
  /** Stops at a debugger before the task's function is called. */
  readonly breaks?: boolean;
  /**
   * An attempt before this one was cancelled, and had open `uncancelled` scopes. This one takes the same path: it is given
   * the results recorded until then, and is cancelled after that number of results.
   */
  readonly cancelled?: {
    readonly reason: "aborted" | "timed-out";
    readonly message: string;
    readonly afterResults: number;
    /** Time that it has to get there, beside what its own scopes have, in milliseconds. */
    readonly limitMs: number;
  };
}

/**
 * A request of the worker while an attempt runs: for a child, a trace, a condition, an event, a sleep or a stream.
 * `uncancelled`: made inside an `uncancelled` scope, so it is served although the attempt is cancelled.
 */
export type ActionRequest =
  | {
      readonly kind: "task";
      readonly uncancelled?: boolean;
      readonly attempt: number;
      /** Unique in the worker; the outcome names it. */
      readonly call: number;
      /** The child's name: the same whenever the parent runs again. */
      readonly name: string;
      /** `environment.task`. */
      readonly task: string;
      /** The rest of its identity. Default: that of the parent's task, with which it was deployed. */
      readonly deployed?: { readonly project: string; readonly domain: string; readonly version: string };
      readonly group: string | undefined;
      /** `task.Inputs`. */
      readonly inputs: Uint8Array;
    }
  | {
      readonly kind: "condition";
      readonly uncancelled?: boolean;
      readonly attempt: number;
      readonly call: number;
      readonly name: string;
      readonly group: string | undefined;
      readonly condition: {
        readonly name: string;
        readonly prompt: string;
        readonly markdown: boolean;
        readonly type: "boolean" | "integer" | "float" | "string";
        readonly description: string | undefined;
        readonly timeoutMs: number | undefined;
      };
    }
  /** Answered with the link that answers a condition, as a text. `name`: of the condition's action, asked for before. */
  | {
      readonly kind: "condition-link";
      readonly uncancelled?: boolean;
      readonly attempt: number;
      readonly call: number;
      readonly name: string;
    }
  /** Answered with the value of the next event that the run has not been given; the value is written as those of traces. */
  | {
      readonly kind: "event";
      readonly uncancelled?: boolean;
      readonly attempt: number;
      readonly call: number;
      readonly name: string;
      readonly group: string | undefined;
      readonly event: {
        readonly name: string;
        /** Empty: none. */
        readonly key: string;
        readonly timeoutMs: number | undefined;
        /** Milliseconds since 1970. */
        readonly since: number | undefined;
      };
    }
  /** Answered (`succeeded`) when its time is over, which counts from the first request of its name. */
  | {
      readonly kind: "sleep";
      readonly uncancelled?: boolean;
      readonly attempt: number;
      readonly call: number;
      readonly name: string;
      readonly group: string | undefined;
      /** In milliseconds; `until`: since 1970. */
      readonly sleep: { readonly ms: number } | { readonly until: number };
    }
  /** Answered with what was recorded, or with `missing`: then it is computed here, and `trace-result` follows. */
  | {
      readonly kind: "trace";
      readonly uncancelled?: boolean;
      readonly attempt: number;
      readonly call: number;
      readonly name: string;
      readonly group: string | undefined;
      /** The traced function's name. */
      readonly traced: string;
    }
  /** A value for a stream of the run, or its end; answered (`succeeded`) once it is on disk. */
  | {
      readonly kind: "stream";
      readonly uncancelled?: boolean;
      readonly attempt: number;
      readonly call: number;
      /** The stream's name. */
      readonly name: string;
      /** The trace in which it was written, by its action's name; empty outside traces. */
      readonly trace: string;
      /** As JSON. Without it the stream is closed. */
      readonly value?: string;
    }
  /** The result of a trace; answered (`succeeded`) once it is on disk. */
  | {
      readonly kind: "trace-result";
      readonly uncancelled?: boolean;
      readonly attempt: number;
      readonly call: number;
      readonly name: string;
      readonly startedAt: number;
      readonly result: { readonly outputs: Uint8Array } | { readonly error: ActionError };
    };

/** The outcome of an action, or of another request. */
export type ActionOutcome =
  /** `task.Outputs`. */
  | { readonly type: "succeeded"; readonly outputs: Uint8Array }
  | { readonly type: "failed" | "aborted" | "timed-out"; readonly error: ActionError }
  /** Nothing is recorded yet. For traces, and for attempts that were cancelled when they began. */
  | { readonly type: "missing" };

/** The error of an action, for people and for the code that called it. */
export interface ActionError {
  /** `USER`: thrown by the task; `SYSTEM`: by the platform or the worker's end. */
  readonly kind: "USER" | "SYSTEM";
  /** A code of the catalogue, or the name of the error that was thrown, for example `TypeError`. */
  readonly code: string;
  readonly message: string;
  /** The stack in the user's own sources; shown in the action's log only. */
  readonly stack: string | undefined;
  /** True if another attempt may help. */
  readonly retryable: boolean;
  /** The error itself as it was thrown, then those that led to it; undefined for errors of the platform. */
  readonly thrown?: readonly ThrownError[];
}

/** A worker's message about an `uncancelled` scope of an attempt. */
export type ScopeChange =
  /** It begins when that is answered (`succeeded`): if the attempt is cancelled, once that is on disk. */
  | {
      readonly type: "uncancelled";
      readonly attempt: number;
      readonly call: number;
      /** Tells it from others of the attempt. */
      readonly scope: number;
      /** Time that it may go on after the cancellation, in milliseconds. */
      readonly limitMs: number;
      /** Set if the attempt's time is over, as its worker measures it: the platform may not know yet. */
      readonly timedOut: Pick<ActionError, "message" | "retryable"> | undefined;
    }
  /** It has ended. */
  | { readonly type: "uncancelled-end"; readonly attempt: number; readonly scope: number };

/** The outcome of an attempt, as its worker sees it. */
export interface AttemptResult {
  readonly attempt: number;
  readonly outcome: Exclude<ActionOutcome, { type: "missing" }>;
  /** The report's HTML, if it wrote one. */
  readonly report: string | undefined;
  /**
   * Names of the children, traces and conditions it asked for, in order of the first request, if it was not the first
   * attempt: what an earlier attempt asked for and this did not is said in the log.
   */
  readonly requested: readonly string[] | undefined;
}

/** A message of the platform to a worker. Lists are batches. */
export type ToWorker =
  /** Answered by `working` or by `failed` of the replica's messages. */
  | { readonly type: "work"; readonly start: WorkerStart }
  | { readonly type: "attempts"; readonly attempts: readonly AttemptStart[] }
  | {
      readonly type: "outcomes";
      readonly outcomes: readonly { readonly call: number; readonly outcome: ActionOutcome }[];
    }
  /** Abort the attempt's signal. Its result is still awaited for `graceMs`. */
  | {
      readonly type: "cancel";
      readonly attempt: number;
      readonly reason: "aborted" | "timed-out";
      readonly message: string;
      readonly graceMs: number;
    }
  /** No attempt will follow: exit 0 when all that run have ended. */
  | { readonly type: "finish" };

/** A message of a worker. */
export type FromWorker =
  | { readonly type: "working" }
  | { readonly type: "requests"; readonly requests: readonly ActionRequest[] }
  | { readonly type: "results"; readonly results: readonly AttemptResult[] }
  | ScopeChange
  /** Output of attempts: stdout, stderr and their log. Lines have no line break. */
  | {
      readonly type: "lines";
      readonly lines: readonly {
        readonly attempt: number;
        readonly at: number;
        readonly stream: "stdout" | "stderr";
        readonly text: string;
      }[];
    }
  | {
      readonly type: "progress";
      readonly attempt: number;
      readonly done: number;
      readonly total: number;
      readonly message: string;
    }
  /** The action's metadata as they are now: a JSON object. */
  | { readonly type: "metadata"; readonly attempt: number; readonly json: string }
  | { readonly type: "report"; readonly attempt: number; readonly html: string };
