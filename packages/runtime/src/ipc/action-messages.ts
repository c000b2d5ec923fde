// Requests of an attempt and their answers, in the messages of `worker-messages.ts`.

import type { TraceHeaders } from "@appenv/core/internal";
import type { ConditionRequest } from "@appenv/core/internal";
import type { ThrownError } from "@appenv/protocol/values";

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
      /** The trace context for the child. */
      readonly trace?: TraceHeaders;
    }
  | {
      readonly kind: "condition";
      readonly uncancelled?: boolean;
      readonly attempt: number;
      readonly call: number;
      readonly name: string;
      readonly group: string | undefined;
      readonly condition: ConditionRequest;
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
