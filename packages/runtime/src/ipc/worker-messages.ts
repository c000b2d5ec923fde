// Messages between the platform and a task worker over the IPC channel of a child process, beside the messages of
// `replica-messages.ts` that concern every process (`booted`, `warm`, `failed`, `load`, and calls).

import type { TraceHeaders } from "@appenv/core/internal";
import type { ActionError, ActionOutcome, ActionRequest } from "./action-messages.ts";

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
  /** The time at which it was asked for, in milliseconds since 1970. Default: unknown. */
  readonly askedAt?: number;
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
  /** The trace context of the action, if it has one. */
  readonly trace?: TraceHeaders;
  /** The time at which the action was asked for or, of a retry, put in the queue again. */
  readonly queuedAt?: number;
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
  | { readonly type: "report"; readonly attempt: number; readonly html: string }
  /** The trace that an attempt has begun because its action had none; for the attempts after it. */
  | { readonly type: "trace"; readonly attempt: number; readonly trace: TraceHeaders };
