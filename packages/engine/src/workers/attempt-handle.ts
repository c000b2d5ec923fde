import type { ActionOutcome, ActionRequest, AttemptResult, AttemptStart, ScopeChange } from "@appenv/runtime";
import type { AttemptListener, RunningAttempt } from "../contracts/workers.ts";
import { cancelError } from "./errors.ts";

/** What an attempt is held by: a queue, later a worker. */
export interface AttemptHolder {
  answer(attempt: AttemptHandle, call: number, outcome: ActionOutcome): void;
  /** `attempt.cancelled` was set. */
  cancel(attempt: AttemptHandle): void;
  /** `attempt.heldMs` was set. */
  hold(attempt: AttemptHandle): void;
}

/** How an attempt ended. */
export type AttemptEnd = Parameters<AttemptListener["ended"]>[0];

/** An attempt from `start` to `ended`, which its listener is told once and last, whoever says it first. */
export class AttemptHandle implements RunningAttempt {
  readonly given: Omit<AttemptStart, "id">;
  /** Set as soon as somebody holds it. */
  holder: AttemptHolder | undefined;
  /** Its number in its worker. */
  id = 0;
  cancelled: { readonly reason: "aborted" | "timed-out"; readonly message: string } | undefined;
  /** Runs while its cleanup has time. */
  graceTimer: NodeJS.Timeout | undefined;
  /** Time it may go on although it is cancelled, beside its grace, in milliseconds. */
  heldMs: number | undefined;
  /** Whether it is to be run again if its process is lost, although it is cancelled. */
  resumes: boolean;
  readonly #listener: AttemptListener;
  /** Children and conditions it has asked for and has no answer to. */
  readonly #awaited = new Set<number>();
  #ended = false;

  constructor(given: Omit<AttemptStart, "id">, listener: AttemptListener) {
    this.given = given;
    const { cancelled } = given;
    this.cancelled = cancelled && { reason: cancelled.reason, message: cancelled.message };
    this.heldMs = cancelled?.limitMs;
    this.resumes = cancelled !== undefined;
    this.#listener = listener;
  }

  /** Whether it waits for children or for somebody, and gives its place to others meanwhile. */
  get waiting(): boolean {
    return this.#awaited.size > 0;
  }

  answer(call: number, outcome: ActionOutcome): void {
    if (this.#ended) return;
    this.#awaited.delete(call);
    this.holder?.answer(this, call, outcome);
  }

  cancel(reason: "aborted" | "timed-out", message: string): void {
    if (this.#ended || this.cancelled !== undefined) return;
    this.cancelled = { reason, message };
    this.holder?.cancel(this);
  }

  hold(limitMs: number | undefined): void {
    if (this.#ended) return;
    this.heldMs = limitMs;
    if (limitMs !== undefined) this.resumes = true;
    this.holder?.hold(this);
  }

  started(worker: { readonly name: string; readonly pid: number }): void {
    if (!this.#ended) this.#listener.started(worker);
  }

  request(request: ActionRequest): void {
    if (this.#ended) return;
    // Traces are answered at once.
    if (request.kind === "task" || request.kind === "condition") this.#awaited.add(request.call);
    this.#listener.request(request);
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

  report(html: string): void {
    if (!this.#ended) this.#listener.report(html);
  }

  end(end: AttemptEnd): void {
    clearTimeout(this.graceTimer);
    if (this.#ended) return;
    this.#ended = true;
    this.#listener.ended(end);
  }

  /** Ends it as cancelled, without a word of its worker. */
  endCancelled(): void {
    const { reason, message } = this.cancelled ?? { reason: "aborted", message: "It was aborted." };
    const outcome: AttemptResult["outcome"] = { type: reason, error: cancelError(reason, message) };
    this.end({ type: "result", result: { attempt: this.id, outcome, report: undefined, requested: undefined } });
  }
}
