import type { TraceHeaders } from "@appenv/core/internal";
import type { ActionError, ActionOutcome, ActionRequest, AttemptResult, ScopeChange } from "@appenv/runtime";

/** An attempt that has begun, as the engine holds it. */
export interface RunningAttempt {
  /** Answers a request. */
  answer(call: number, outcome: ActionOutcome): void;
  /**
   * Aborts its signal; a worker that does not end the attempt within its grace is ended with SIGTERM, and later with
   * SIGKILL if it is stuck. `ended` comes in any case.
   */
  cancel(reason: "aborted" | "timed-out", message: string): void;
  /**
   * Sets the time that it may go on after a cancellation, beside its grace; undefined: none. From the first call on it
   * has to run again if its process is lost: then it ends as `lost`, and not as cancelled.
   */
  hold(limitMs: number | undefined): void;
}

/** The end of an attempt. `lost`: its process ended or could not start; `alone`: no other attempt was in it. */
export type AttemptEnd =
  | { readonly type: "result"; readonly result: AttemptResult }
  | { readonly type: "lost"; readonly alone: boolean; readonly error: ActionError };

/** The events of an attempt. */
export interface AttemptListener {
  /** It was given to a process. */
  started(worker: { readonly name: string; readonly pid: number }): void;
  request(request: ActionRequest): void;
  /** An `uncancelled` scope begins, or has ended. */
  scope(change: ScopeChange): void;
  line(at: number, stream: "stdout" | "stderr", text: string): void;
  progress(done: number, total: number, message: string): void;
  /** @param json - An object. */
  metadata(json: string): void;
  report(html: string): void;
  /** It has begun a trace for its action. */
  trace(trace: TraceHeaders): void;
  /** Comes once, and last. */
  ended(end: AttemptEnd): void;
}
