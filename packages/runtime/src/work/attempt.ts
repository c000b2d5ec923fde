import {
  AppEnvError,
  readTaskInput,
  readTaskOutput,
  runInScope,
  type TaskContext,
  type TaskFunction,
} from "@appenv/core";
import { decodeInputs, encodeOutput } from "@appenv/protocol/values";
import { toActionError } from "./action-error.ts";
import { AttemptLines } from "./attempt-lines.ts";
import { AttemptScope } from "./attempt-scope.ts";
import { CallNames } from "./call-names.ts";
import { withLocalPaths, type KeptFiles } from "./kept-files.ts";
import type { ActionOutcome, ActionRequest, AttemptResult, AttemptStart, WorkerStart } from "./messages.ts";
import type { Outbox } from "./outbox.ts";
import { checkSize } from "./payload-size.ts";
import { Progress } from "./progress.ts";
import { AttemptReport } from "./report-page.ts";
import { TimeLimits, type TimeLimit } from "./time-limits.ts";

/** A request without what the attempt fills in. */
export type Asked<Request = ActionRequest> = Request extends ActionRequest ? Omit<Request, "attempt" | "call"> : never;

/** What attempts of one worker share. */
export interface AttemptHome {
  readonly worker: Pick<WorkerStart, "project" | "domain">;
  readonly outbox: Outbox;
  readonly files: KeptFiles;
  /** The number of the next call; its outcome is given to `settle`. */
  nextCall(attempt: Attempt): number;
  /** Whether nobody waits for the outcome any more. */
  forgetCall(call: number): void;
}

type End = { readonly type: "aborted" | "timed-out"; readonly reason: AppEnvError; readonly retryable: boolean };

/** One attempt of an action, from its inputs to its result. */
export class Attempt {
  readonly start: AttemptStart;
  readonly task: TaskFunction;
  readonly lines: AttemptLines;
  readonly names: CallNames;
  readonly files: KeptFiles;
  readonly #home: AttemptHome;
  readonly #scope: AttemptScope;
  readonly #abort: AbortController = new AbortController();
  readonly #progress: Progress;
  readonly #report: AttemptReport;
  readonly #limits: TimeLimits;
  readonly #calls: Map<number, PromiseWithResolvers<ActionOutcome>> = new Map();
  /** Rejected with an error that nobody caught. */
  readonly #uncaught: PromiseWithResolvers<never> = Promise.withResolvers();
  #cancelled: End | undefined;
  #hasEnded = false;

  constructor(start: AttemptStart, task: TaskFunction, home: AttemptHome) {
    this.start = start;
    this.task = task;
    this.#home = home;
    this.files = home.files;
    this.lines = new AttemptLines(start.id, home.outbox);
    this.names = new CallNames(start.action);
    this.#limits = new TimeLimits(task, start.deadline);
    this.#progress = new Progress(start.id, (message) => home.outbox.say(message));
    this.#report = new AttemptReport(task.fullName, task.settings.report, async (html) =>
      home.outbox.say({ type: "report", attempt: start.id, html }),
    );
    this.#uncaught.promise.catch(() => {});
    this.#scope = new AttemptScope(this, this.#context());
  }

  /** Whether it runs and was not cancelled. */
  get isActive(): boolean {
    return !this.#hasEnded && this.#cancelled === undefined;
  }

  /** Runs to its end. Never rejects. */
  async run(): Promise<AttemptResult> {
    const disarm = this.#limits.onDeadline((limit) => this.#timeOut(limit));
    const outcome = await runInScope(this.#scope, () => this.#outcome());
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
  cancel(type: End["type"], message: string, retryable = false): void {
    if (!this.isActive) return;
    const reason = new AppEnvError(type === "aborted" ? "ABORTED" : "TIMED_OUT", message);
    this.#cancelled = { type, reason, retryable };
    this.#stop(reason);
  }

  /** Ends it with an error that nobody caught. Answers whether it was still to end. */
  fail(error: unknown): boolean {
    if (this.#hasEnded) return false;
    if (this.#cancelled !== undefined) {
      this.#noteWhileCancelled(error);
      return true;
    }
    this.#uncaught.reject(error);
    this.#stop(error);
    return true;
  }

  /** Asks the platform for something. Rejects when the attempt is cancelled. */
  ask(request: Asked): Promise<ActionOutcome> {
    const call = this.#home.nextCall(this);
    const pending = Promise.withResolvers<ActionOutcome>();
    this.#calls.set(call, pending);
    this.#home.outbox.request({ ...request, attempt: this.start.id, call } as ActionRequest);
    return pending.promise;
  }

  /** Takes what the platform answers. */
  settle(call: number, outcome: ActionOutcome): void {
    this.#calls.get(call)?.resolve(outcome);
    this.#calls.delete(call);
  }

  /** @throws AppEnvError ABORTED, TIMED_OUT, or NOT_IN_RUN once the attempt has ended. */
  checkRuns(what: string): void {
    this.#checkTime();
    if (this.#cancelled !== undefined) throw this.#cancelled.reason;
    if (this.#hasEnded) throw endedError(`${what} was called after '${this.task.fullName}' had ended.`);
  }

  checkSize(what: string, bytes: Uint8Array): void {
    checkSize(what, bytes, this.task);
  }

  async #outcome(): Promise<AttemptResult["outcome"]> {
    try {
      const outputs = await Promise.race([this.#outputs(), this.#uncaught.promise]);
      this.#checkTime();
      return this.#cancelled === undefined ? { type: "succeeded", outputs } : cancelledOutcome(this.#cancelled);
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #outputs(): Promise<Uint8Array> {
    const { task, start } = this;
    const input = await readTaskInput(task, withLocalPaths(decodeInputs(task.interface, start.inputs)));
    this.checkRuns(`'${task.fullName}'`);
    const given: unknown = await task.implementation(input as never, this.#scope.context);
    const output = await this.files.keep(await readTaskOutput(task, given), "INVALID_OUTPUT");
    const outputs = encodeOutput(task.interface.output, output);
    this.checkSize(`The output of '${task.fullName}'`, outputs);
    return outputs;
  }

  /** Code that kept the event loop busy was not told that its time is over. */
  #checkTime(): void {
    const limit = this.isActive ? this.#limits.reached : undefined;
    if (limit !== undefined) this.#timeOut(limit);
  }

  #timeOut({ message, retryable }: TimeLimit): void {
    this.cancel("timed-out", message, retryable);
  }

  #failed(thrown: unknown): AttemptResult["outcome"] {
    this.#checkTime();
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

  #stop(reason: unknown): void {
    this.#rejectCalls(reason);
    // Listeners run where `abort` is called: what they write and throw is the attempt's.
    runInScope(this.#scope, () => this.#abort.abort(reason));
  }

  #rejectCalls(reason: unknown): void {
    for (const [call, pending] of this.#calls) {
      this.#home.forgetCall(call);
      pending.reject(reason);
    }
    this.#calls.clear();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#progress.close();
    if (this.#calls.size > 0) this.#leaveCalls();
    this.lines.close();
  }

  #leaveCalls(): void {
    const message = `'${this.task.fullName}' ended without waiting for ${this.#calls.size} of its calls; they are aborted.`;
    this.lines.note("stderr", message);
    this.#rejectCalls(endedError(message));
  }

  #context(): TaskContext {
    const { start, task, lines } = this;
    const { project, domain } = this.#home.worker;
    return {
      project,
      domain,
      run: start.run,
      action: start.action,
      task: task.fullName,
      attempt: start.attempt,
      signal: this.#abort.signal,
      labels: start.labels,
      envVars: start.envVars,
      log: lines.log,
      progress: (done, total = 1, message = "") => {
        if (!this.#hasEnded) this.#progress.set(done, total, message);
      },
      report: this.#report,
    };
  }
}

function cancelledOutcome({ type, reason, retryable }: End): AttemptResult["outcome"] {
  const { code, message } = reason;
  return { type, error: { kind: "USER", code, message, stack: undefined, retryable } };
}

function endedError(message: string): AppEnvError {
  return new AppEnvError("NOT_IN_RUN", message, { fix: "Await everything a task starts before it returns." });
}
