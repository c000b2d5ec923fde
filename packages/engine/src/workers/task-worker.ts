import type { ActionError, ActionOutcome, AttemptResult } from "@appenv/runtime";
import type { Worker } from "../contracts/workers.ts";
import type { AttemptHandle, AttemptHolder } from "./attempt-handle.ts";
import { AttemptBatcher } from "./attempt-batcher.ts";
import { deliver } from "./deliver.ts";
import type { WorkerTiming } from "./timing.ts";
import { WorkerProcess, type ProcessEnd, type WorkerProcessOptions } from "./worker-process.ts";

/** The parts of a worker. */
export interface TaskWorkerOptions extends WorkerProcessOptions {
  /** Time that it is kept without work, in milliseconds. */
  readonly idleTtlMs: number;
  /** It may take attempts it could not take before, or its state is another. */
  readonly onChange: (worker: TaskWorker) => void;
}

/** Number of times `silentMs` that a process which was not asked to end may be silent before it counts as stuck. */
const patience = 4;
/** Output from before the first attempt that is kept for its log, in lines. */
const earlyLines = 200;

/**
 * A process that runs attempts. `starting` until its bundle is loaded; `leaving` from the moment it gets no more
 * attempts; `ended` when its process has.
 */
export class TaskWorker implements Worker, AttemptHolder {
  state: "starting" | "working" | "leaving" | "ended" = "starting";
  /** The reason why its process never took attempts; `crashed`: it ended without giving one. */
  failure: { readonly error: ActionError; readonly crashed: boolean } | undefined;
  /** Once it has ended: the attempts that its process was never given. */
  unsent: AttemptHandle[] = [];
  readonly name: string;
  readonly #timing: WorkerTiming;
  readonly #idleTtlMs: number;
  readonly #onChange: (worker: TaskWorker) => void;
  readonly #process: WorkerProcess;
  readonly #batcher: AttemptBatcher;
  /** Attempts that have not ended, in the order in which they came. */
  readonly #attempts = new Map<number, AttemptHandle>();
  /** A line for the log of every attempt in it. */
  #note: string | undefined;
  /** True once it has been given an attempt. */
  #hasServed = false;
  #early: { readonly stream: "stdout" | "stderr"; readonly text: string }[] = [];
  /** For what is to be looked at later: whether it is needed, or stuck. */
  #timer: NodeJS.Timeout | undefined;
  #lastId = 0;
  #busySince = 0;

  constructor(options: TaskWorkerOptions) {
    this.name = options.start.worker;
    this.#timing = options.timing;
    this.#idleTtlMs = options.idleTtlMs;
    this.#onChange = options.onChange;
    this.#process = new WorkerProcess(options, {
      working: () => this.#begin(),
      message: (message) =>
        message.type === "results"
          ? this.#results(message.results)
          : deliver(message, (attempt) => this.#attempts.get(attempt)),
      alive: () => this.#onChange(this),
      output: (stream, lines) => this.#print(stream, lines),
      gone: (end) => this.#gone(end),
    });
    this.#batcher = new AttemptBatcher(
      (message) => this.#process.send(message),
      (attempt) => this.#sending(attempt),
    );
  }

  /** Number of attempts in it. */
  get size(): number {
    return this.#attempts.size;
  }

  get silentMs(): number {
    return this.#attempts.size === 0 ? 0 : performance.now() - Math.max(this.#process.lastSign, this.#busySince);
  }

  /** True once its process has shown that it takes attempts. */
  get hasServed(): boolean {
    return this.#hasServed;
  }

  /** Writes a line into the log of each attempt in it, and of those that come. */
  note(text: string): void {
    this.#note = text;
    if (this.state === "starting") return;
    for (const attempt of this.#attempts.values()) attempt.line(Date.now(), "stderr", text);
  }

  /** Gives it an attempt, which waits while the process starts. */
  run(attempt: AttemptHandle): void {
    this.#lastId += 1;
    attempt.id = this.#lastId;
    attempt.holder = this;
    if (this.#attempts.size === 0) this.#busySince = performance.now();
    this.#attempts.set(attempt.id, attempt);
    clearTimeout(this.#timer);
    this.#batcher.addAttempt(attempt);
  }

  answer(_attempt: AttemptHandle, call: number, outcome: ActionOutcome): void {
    this.#batcher.addOutcome(call, outcome);
  }

  cancel(attempt: AttemptHandle): void {
    if (this.#batcher.takeBack(attempt)) {
      this.#remove(attempt);
      attempt.endCancelled();
      return this.#changed();
    }
    const { reason, message } = attempt.cancelled ?? { reason: "aborted", message: "" };
    const { graceMs } = this.#timing;
    this.#batcher.flush();
    this.#process.send({ type: "cancel", attempt: attempt.id, reason, message, graceMs });
    this.#letTimeRun(attempt);
  }

  hold(attempt: AttemptHandle): void {
    if (attempt.graceTimer !== undefined) this.#letTimeRun(attempt);
  }

  /** Takes no more attempts, and ends when it has none. */
  leave(): void {
    if (this.state === "leaving" || this.state === "ended") return;
    this.state = "leaving";
    clearTimeout(this.#timer);
    if (this.#attempts.size === 0) this.#process.finish();
  }

  /** Gives up its attempts, and ends its process. Resolves when that has ended. */
  async close(error: ActionError): Promise<void> {
    this.state = "leaving";
    clearTimeout(this.#timer);
    const attempts = [...this.#attempts.values()];
    this.#attempts.clear();
    for (const attempt of attempts) {
      this.#batcher.takeBack(attempt);
      attempt.ended({ type: "lost", alone: false, error });
    }
    if (this.#process.ended) return;
    this.#process.terminate(this.#timing.closeMs);
    await this.#process.gone();
  }

  #begin(): void {
    if (this.state === "starting") this.state = "working";
    this.#batcher.open();
    this.#changed();
  }

  #sending(attempt: AttemptHandle): void {
    this.#hasServed = true;
    attempt.started({ name: this.name, pid: this.#process.pid });
    // An attempt that was cancelled before it began runs its `uncancelled` scopes, and ends.
    if (attempt.cancelled !== undefined) this.#letTimeRun(attempt);
    for (const { stream, text } of this.#early.splice(0)) attempt.line(Date.now(), stream, text);
    if (this.#note !== undefined) attempt.line(Date.now(), "stderr", this.#note);
  }

  #results(results: readonly AttemptResult[]): void {
    for (const result of results) {
      const attempt = this.#attempts.get(result.attempt);
      if (attempt === undefined) continue;
      this.#remove(attempt);
      attempt.ended({ type: "result", result });
    }
    this.#changed();
  }

  #remove(attempt: AttemptHandle): void {
    this.#attempts.delete(attempt.id);
  }

  /** Looks whether it is still needed. To be called when attempts have ended. */
  #changed(): void {
    if (this.#attempts.size === 0 && this.state === "leaving") this.#process.finish();
    if (this.#attempts.size === 0 && this.state === "working") {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.leave(), this.#idleTtlMs).unref();
    }
    this.#onChange(this);
  }

  /** Starts the timer of a cancelled attempt anew. */
  #letTimeRun(attempt: AttemptHandle): void {
    clearTimeout(attempt.graceTimer);
    attempt.graceTimer = setTimeout(() => this.#overdue(attempt), this.#timing.graceMs + (attempt.heldMs ?? 0));
  }

  /**
   * The grace of a cancelled attempt is over. If it is alone in the process, or the process is stuck, that is ended, and
   * others in it are lost. Else only this attempt is given up, and the process ends after the others.
   */
  #overdue(attempt: AttemptHandle): void {
    this.state = "leaving";
    attempt.resumes = false;
    if (this.#attempts.size === 1 || this.#isStuck(1)) {
      this.#process.terminate(this.#timing.termMs);
    } else {
      this.#remove(attempt);
      attempt.endCancelled();
      this.#watchAbandoned();
    }
    this.#onChange(this);
  }

  /** Ends the process if the code of an abandoned attempt blocks the others. */
  #watchAbandoned(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#isStuck(patience)) this.#process.terminate(this.#timing.termMs);
      else this.#watchAbandoned();
    }, this.#timing.silentMs);
  }

  #isStuck(times: number): boolean {
    return performance.now() - this.#process.lastSign > times * this.#timing.silentMs;
  }

  /** Output of no attempt in particular is that of the attempt that has been here longest. */
  #print(stream: "stdout" | "stderr", lines: readonly string[]): void {
    const [oldest] = this.state === "starting" ? [] : this.#attempts.values();
    for (const text of lines) {
      if (oldest !== undefined) oldest.line(Date.now(), stream, text);
      else if (this.#early.length < earlyLines) this.#early.push({ stream, text });
    }
  }

  #gone({ error, atStart, lastLines }: ProcessEnd): void {
    // One that ends right after it said that it works would be started again without end.
    const crashed = atStart === "crashed" || (atStart === "no" && !this.#hasServed && this.state === "working");
    if (crashed || atStart === "failed") {
      this.failure = { error: crashed ? { ...error, code: "START_FAILED" } : error, crashed };
    }
    this.state = "ended";
    clearTimeout(this.#timer);
    this.unsent = [...this.#attempts.values()].filter((attempt) => this.#batcher.takeBack(attempt));
    for (const attempt of this.unsent) this.#remove(attempt);
    const [oldest, ...others] = this.#attempts.values();
    this.#attempts.clear();
    // The oldest has them already.
    for (const attempt of others) for (const text of lastLines) attempt.line(Date.now(), "stderr", text);
    for (const attempt of oldest === undefined ? [] : [oldest, ...others]) {
      if (attempt.cancelled !== undefined && !attempt.resumes) attempt.endCancelled();
      else attempt.ended({ type: "lost", alone: others.length === 0, error });
    }
    this.#onChange(this);
  }
}
