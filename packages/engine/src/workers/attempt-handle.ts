import type { TraceHeaders } from "@appenv/core/internal";
import type { ActionOutcome, ActionRequest, AttemptResult, AttemptStart, ScopeChange } from "@appenv/runtime";
import type { AttemptEnd, AttemptListener, RunningAttempt } from "../contracts/attempts.ts";
import { cancelError } from "./errors.ts";

/** The worker of an attempt. */
export interface AttemptHolder {
  answer(attempt: AttemptHandle, call: number, outcome: ActionOutcome): void;
  /** `attempt.cancelled` was set. */
  cancel(attempt: AttemptHandle): void;
  /** `attempt.heldMs` was set. */
  hold(attempt: AttemptHandle): void;
}

/** Holder of an attempt that is in no process. */
const nobody: AttemptHolder = {
  answer: () => {},
  hold: () => {},
  cancel: (attempt) => attempt.endCancelled(),
};

/** An attempt from its begin to its end, of which its listener hears once and last, whoever reports it first. */
export class AttemptHandle implements RunningAttempt, AttemptListener {
  readonly given: Omit<AttemptStart, "id">;
  holder: AttemptHolder = nobody;
  /** Its number in its worker. */
  id = 0;
  cancelled: { readonly reason: "aborted" | "timed-out"; readonly message: string } | undefined;
  /** Runs while its cleanup has time. */
  graceTimer: NodeJS.Timeout | undefined;
  /** Time that it may go on although it is cancelled, beside its grace, in milliseconds. */
  heldMs: number | undefined;
  /** True if it has to run again when its process is lost, although it is cancelled. */
  resumes: boolean;
  readonly #listener: AttemptListener;
  readonly #onUnsent: () => void;
  #ended = false;

  /** @param onUnsent - Called when its process has ended before it was given the attempt. */
  constructor(given: Omit<AttemptStart, "id">, listener: AttemptListener, onUnsent: () => void = () => {}) {
    this.given = given;
    const { cancelled } = given;
    this.cancelled = cancelled && { reason: cancelled.reason, message: cancelled.message };
    this.heldMs = cancelled?.limitMs;
    this.resumes = cancelled !== undefined;
    this.#listener = listener;
    this.#onUnsent = onUnsent;
  }

  answer(call: number, outcome: ActionOutcome): void {
    if (!this.#ended) this.holder.answer(this, call, outcome);
  }

  cancel(reason: "aborted" | "timed-out", message: string): void {
    if (this.#ended || this.cancelled !== undefined) return;
    this.cancelled = { reason, message };
    this.holder.cancel(this);
  }

  hold(limitMs: number | undefined): void {
    if (this.#ended) return;
    this.heldMs = limitMs;
    if (limitMs !== undefined) this.resumes = true;
    this.holder.hold(this);
  }

  /** Its process has ended before it was given the attempt, which is nobody's until another one takes it. */
  unsent(): void {
    this.holder = nobody;
    this.#onUnsent();
  }

  started(worker: { readonly name: string; readonly pid: number }): void {
    if (!this.#ended) this.#listener.started(worker);
  }

  request(request: ActionRequest): void {
    if (!this.#ended) this.#listener.request(request);
  }

  scope(change: ScopeChange): void {
    if (!this.#ended) this.#listener.scope(change);
  }

  line(at: number, stream: "stdout" | "stderr", text: string): void {
    if (!this.#ended) this.#listener.line(at, stream, text);
  }

  progress(done: number, total: number, message: string): void {
    if (!this.#ended) this.#listener.progress(done, total, message);
  }

  metadata(json: string): void {
    if (!this.#ended) this.#listener.metadata(json);
  }

  report(html: string): void {
    if (!this.#ended) this.#listener.report(html);
  }

  trace(trace: TraceHeaders): void {
    if (!this.#ended) this.#listener.trace(trace);
  }

  ended(end: AttemptEnd): void {
    clearTimeout(this.graceTimer);
    if (this.#ended) return;
    this.#ended = true;
    this.#listener.ended(end);
  }

  /** Ends it as cancelled, without a word of its worker. */
  endCancelled(): void {
    const { reason, message } = this.cancelled ?? { reason: "aborted", message: "It was aborted." };
    const outcome: AttemptResult["outcome"] = { type: reason, error: cancelError(reason, message) };
    this.ended({ type: "result", result: { attempt: this.id, outcome, report: undefined, requested: undefined } });
  }
}
