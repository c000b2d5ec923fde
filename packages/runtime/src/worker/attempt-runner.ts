import { AppEnvError, type TaskFunction } from "@appenv/core";
import {
  currentRunContext,
  readTaskInput,
  readTaskOutput,
  runInContext,
  type TraceHeaders,
} from "@appenv/core/internal";
import { decodeInputs, encodeOutput } from "@appenv/protocol/values";
import { toActionError } from "./action-error.ts";
import { AttemptLines } from "./attempt-lines.ts";
import { AttemptNotes } from "./attempt-notes.ts";
import { AttemptScope, type Asked, type RunningAttempt } from "./attempt-scope.ts";
import { contextOf } from "./attempt-context.ts";
import { inAttemptSpan } from "./attempt-spans.ts";
import { AttemptStreams } from "./attempt-streams.ts";
import { CancelledPath } from "./cancelled-path.ts";
import { CallNames } from "./call-names.ts";
import { withLocalPaths, type KeptFiles } from "./kept-files.ts";
import type { ActionOutcome, ActionRequest } from "../ipc/action-messages.ts";
import type { AttemptResult, AttemptStart, WorkerStart } from "../ipc/worker-messages.ts";
import type { Batcher } from "./batcher.ts";
import { checkSize } from "./payload-size.ts";
import { PendingCalls, type CallNumbers } from "./pending-calls.ts";
import { AttemptReport } from "./report-page.ts";
import { TimeLimits, type TimeLimit } from "./time-limits.ts";
import { UncancelledScope } from "./uncancelled-scope.ts";
import { UncancelledScopes, type Cancelled } from "./uncancelled-scopes.ts";

/** The parts of a worker that its attempts share. */
export interface AttemptHome extends CallNumbers<AttemptRunner> {
  readonly worker: Pick<WorkerStart, "project" | "domain" | "askedAt">;
  /** The time at which it could take attempts, in milliseconds since 1970. */
  readonly readyAt: number;
  readonly batcher: Batcher;
  readonly files: KeptFiles;
}

/** One attempt of an action, from its inputs to its result. */
export class AttemptRunner implements RunningAttempt {
  readonly start: AttemptStart;
  readonly task: TaskFunction;
  readonly lines: AttemptLines;
  readonly names: CallNames;
  readonly files: KeptFiles;
  readonly #home: AttemptHome;
  readonly #scope: AttemptScope;
  readonly #abort: AbortController = new AbortController();
  readonly #notes: AttemptNotes;
  readonly #streams: AttemptStreams = new AttemptStreams(this);
  readonly #report: AttemptReport;
  readonly #limits: TimeLimits;
  readonly #calls: PendingCalls<AttemptRunner>;
  readonly #scopes: UncancelledScopes;
  readonly #path: CancelledPath;
  readonly #once: Map<string, Promise<unknown>> = new Map();
  /** Rejected with an error that nobody caught. */
  readonly #uncaught: PromiseWithResolvers<never> = Promise.withResolvers();
  #cancelled: Cancelled | undefined;
  #hasEnded = false;

  constructor(start: AttemptStart, task: TaskFunction, home: AttemptHome) {
    this.start = start;
    this.task = task;
    this.#home = home;
    this.files = home.files;
    this.lines = new AttemptLines(start.id, home.batcher);
    this.names = new CallNames(start.action);
    this.#calls = new PendingCalls(this, home);
    this.#scopes = new UncancelledScopes({
      start,
      calls: this.#calls,
      batcher: home.batcher,
      cancelled: () => this.#cancelled,
      hasEnded: () => this.#hasEnded,
      inAttempt: (code) => runInContext(this.#scope, code),
    });
    this.#path = new CancelledPath(start.cancelled, {
      cancel: (reason, message) => this.cancel(reason, message),
      reason: () => this.#cancelled?.reason,
    });
    this.#limits = new TimeLimits(task, start);
    this.#notes = new AttemptNotes(start.id, home.batcher);
    this.#report = new AttemptReport(task.fullName, task.settings.report, async (html) =>
      home.batcher.say({ type: "report", attempt: start.id, html }),
    );
    this.#uncaught.promise.catch(() => {});
    this.#scope = new AttemptScope(
      this,
      contextOf(home.worker, start, task, {
        signal: this.#abort.signal,
        log: this.lines.log,
        progress: this.#notes.progress,
        metadata: this.#notes.metadata,
        stream: this.#streams.open,
        report: this.#report,
      }),
    );
  }

  get trace(): TraceHeaders | undefined {
    return this.start.trace;
  }

  get isActive(): boolean {
    return !this.#hasEnded && this.#refusal(UncancelledScope.current(this.#calls)) === undefined;
  }

  /** Runs to its end. Never rejects. */
  async run(): Promise<AttemptResult> {
    const disarm = this.#limits.onDeadline((limit) => this.#timeOut(limit));
    this.#path.begin();
    const traced = { start: this.start, task: this.task.fullName, home: this.#home };
    const outcome = await inAttemptSpan(traced, () => runInContext(this.#scope, () => this.#outcome()));
    disarm();
    this.#end();
    const { id, attempt } = this.start;
    return {
      attempt: id,
      outcome,
      report: this.#report.page(),
      requested: attempt > 1 ? this.names.given : undefined,
    };
  }

  /** Aborts it: its signal, and what it waits for. It still has to end by itself. */
  cancel(type: Cancelled["type"], message: string, retryable = false): void {
    if (this.#hasEnded || this.#cancelled !== undefined) return;
    const reason = new AppEnvError(type === "aborted" ? "ABORTED" : "TIMED_OUT", message);
    this.#cancelled = { type, reason, retryable };
    this.#scopes.limit();
    this.#calls.reject(reason, (scope) => scope?.innermostOpen === undefined);
    this.#stop(reason);
  }

  fail(error: unknown): boolean {
    if (this.#hasEnded) return false;
    if (this.#cancelled !== undefined) {
      this.#noteWhileCancelled(error);
      return true;
    }
    this.#uncaught.reject(error);
    this.#calls.reject(error);
    this.#stop(error);
    return true;
  }

  async ask(request: Asked): Promise<ActionOutcome> {
    const scope = UncancelledScope.current(this.#calls);
    const refusal = this.#refusal(scope);
    if (refusal !== undefined) throw refusal;
    const { call, outcome } = this.#calls.add(scope);
    const uncancelled = scope === undefined ? {} : { uncancelled: true };
    this.#home.batcher.request({ ...request, ...uncancelled, attempt: this.start.id, call } as ActionRequest);
    return scope === undefined && request.kind !== "stream" ? this.#path.pass(request.name, outcome) : outcome;
  }

  currentTrace(): string {
    const scope = currentRunContext();
    return scope instanceof AttemptScope && scope.attempt === this ? scope.traceName : "";
  }

  once(name: string, compute: () => Promise<unknown>): Promise<unknown> {
    const known = this.#once.get(name);
    if (known !== undefined) return known;
    const computed = compute().finally(() => this.#once.delete(name));
    this.#once.set(name, computed);
    return computed;
  }

  /** Takes what the platform answers. */
  settle(call: number, outcome: ActionOutcome): void {
    // One in each turn of the event loop: all that the code does about it comes before the next, in every attempt.
    setImmediate(() => this.#calls.settle(call, outcome));
  }

  uncancelled<T>(limitMs: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.checkRuns("`uncancelled`");
    return this.#scopes.run(limitMs, run);
  }

  checkRuns(what: string): void {
    this.#checkTime();
    if (this.#hasEnded) throw endedError(`${what} was called after '${this.task.fullName}' had ended.`);
  }

  checkSize(what: string, bytes: Uint8Array): void {
    checkSize(what, bytes, this.task);
  }

  async #outcome(): Promise<AttemptResult["outcome"]> {
    try {
      const outputs = await Promise.race([this.#outputs(), this.#uncaught.promise]);
      this.#checkEnd();
      return this.#cancelled === undefined ? { type: "succeeded", outputs } : cancelledOutcome(this.#cancelled);
    } catch (error) {
      return await this.#failed(error);
    }
  }

  async #outputs(): Promise<Uint8Array> {
    const { task, start } = this;
    const input = await readTaskInput(task, withLocalPaths(decodeInputs(task.interface, start.inputs)));
    // An attempt that was cancelled while its input was read has done nothing yet.
    if (this.#cancelled !== undefined && start.cancelled === undefined) throw this.#cancelled.reason;
    // oxlint-disable-next-line no-debugger -- The next step is into the task's own function.
    if (start.breaks === true) debugger;
    const given: unknown = await task.implementation(input as never, this.#scope.context);
    await this.#streams.stored();
    const output = await this.files.keep(await readTaskOutput(task, given), "INVALID_OUTPUT");
    const outputs = encodeOutput(task.interface.output, output);
    this.checkSize(`The output of '${task.fullName}'`, outputs);
    return outputs;
  }

  /** Code that kept the event loop busy was not told that its time is over. */
  #checkTime(): void {
    const limit = this.#cancelled === undefined ? this.#limits.reached : undefined;
    if (limit !== undefined) this.#timeOut(limit);
  }

  /** The attempt is about to end, however that is. */
  #checkEnd(): void {
    this.#checkTime();
    this.#path.end();
  }

  /** The reason why requests in a scope are not served. */
  #refusal(scope: UncancelledScope | undefined): AppEnvError | undefined {
    return scope === undefined ? this.#cancelled?.reason : scope.over;
  }

  #timeOut({ message, retryable }: TimeLimit): void {
    this.cancel("timed-out", message, retryable);
  }

  async #failed(thrown: unknown): Promise<AttemptResult["outcome"]> {
    this.#checkEnd();
    if (this.#cancelled === undefined) await this.#streams.stored().catch(() => {});
    if (this.#cancelled === undefined) return { type: "failed", error: toActionError(thrown) };
    this.#noteWhileCancelled(thrown);
    return cancelledOutcome(this.#cancelled);
  }

  /** It does not change how the attempt ends; its author may want to know. */
  #noteWhileCancelled(thrown: unknown): void {
    const { code, stack, message } = toActionError(thrown);
    if (thrown === this.#cancelled?.reason || code === "AbortError") return;
    this.lines.note("stderr", `while it was cancelled: ${stack ?? message}`);
  }

  /** Listeners run where `abort` is called: their output and errors are the attempt's. */
  #stop(reason: unknown): void {
    runInContext(this.#scope, () => this.#abort.abort(reason));
  }

  #end(): void {
    this.#hasEnded = true;
    this.#notes.close();
    if (this.#calls.size > 0) this.#leaveCalls();
    this.lines.close();
  }

  #leaveCalls(): void {
    const message = `'${this.task.fullName}' ended without waiting for ${this.#calls.size} of its calls; they are aborted.`;
    this.lines.note("stderr", message);
    this.#calls.reject(endedError(message));
  }
}

function cancelledOutcome({ type, reason, retryable }: Cancelled): AttemptResult["outcome"] {
  const { code, message } = reason;
  return { type, error: { kind: "USER", code, message, stack: undefined, retryable } };
}

function endedError(message: string): AppEnvError {
  return new AppEnvError("NOT_IN_RUN", message, { fix: "Await everything a task starts before it returns." });
}
