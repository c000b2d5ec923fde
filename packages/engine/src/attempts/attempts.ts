import type { ActionError, ActionRequest, AttemptResult } from "@appenv/runtime";
import type { AttemptListener } from "../contracts/attempts.ts";
import type { Payload } from "../objects/objects.ts";
import { isFinal } from "../store/codes.ts";
import { seconds, systemError, userError } from "../actions/action-errors.ts";
import type { EngineContext } from "../live/context.ts";
import { cancel, finish } from "../actions/end-action.ts";
import { keep } from "../live/keep-payload.ts";
import { noteNotAsked } from "../replay/not-asked.ts";
import { reconsider } from "../actions/paused.ts";
import { saveReport } from "./reports.ts";
import { listenTo } from "./attempt-listener.ts";
import { orderOf, startOf } from "./attempt-start.ts";
import type { ActionState, AttemptState } from "../live/state.ts";
import type { Turn } from "../scheduler/turn.ts";
import { resumes } from "./uncancelled.ts";
import { endPhases, judge, outcomeOf, retryDelay, type RetryDecision } from "./retry-decision.ts";
import { definitionOf, jobOf } from "./worker-spec.ts";

/** Handles a request of an attempt. */
export type OnRequest = (attempt: AttemptState, request: ActionRequest) => void;

/** Called when an attempt has succeeded, before its action ends. */
export type OnSuccess = (attempt: AttemptState) => void;

/** Time beyond the task's total time after which the platform itself ends an attempt, in milliseconds. */
const overdueMs = 1_000;

/** Starts attempts, and goes on after their ends. */
export class Attempts {
  readonly #context: EngineContext;
  readonly #onRequest: OnRequest;
  readonly #onSuccess: OnSuccess;

  constructor(context: EngineContext, onRequest: OnRequest, onSuccess: OnSuccess) {
    this.#context = context;
    this.#onRequest = onRequest;
    this.#onSuccess = onSuccess;
  }

  /** Puts an action in the queue. */
  enqueue(action: ActionState): void {
    // Of many that are stopped, each ends in its turn.
    if (action.stopping !== undefined && action.row.cancelled === undefined) return;
    const context = this.#context;
    const { row } = action;
    const { settings } = definitionOf(action);
    // One that a restart found in the queue has waited since before.
    const waits = row.phase === "QUEUED" && row.nextAt === undefined && row.queuedAt !== undefined;
    row.phase = "QUEUED";
    if (!waits) row.queuedAt = context.clock.now();
    row.nextAt = undefined;
    context.save(action);
    if (settings.maxQueuedMs !== undefined && row.cancelled === undefined) {
      context.setTimer(action, "queue", settings.maxQueuedMs, () => this.#queuedTooLong(action));
    }
    let begun = false;
    const turn = context.scheduler.add(jobOf(action), (mine) => {
      begun = true;
      action.turn = mine;
      this.#begin(action, mine);
    });
    if (!begun) action.turn = turn;
  }

  /** Starts the timer of a task's total time, which counts from the making of the action, also over a restart. */
  armDeadline(action: ActionState): void {
    const { row } = action;
    const limit = action.task?.record.definition?.settings.deadlineMs;
    if (row.deadlineAt === undefined || limit === undefined) return;
    const { clock } = this.#context;
    // A clock that was set back makes it no longer than it is.
    const left = Math.min(Math.max(row.deadlineAt - clock.now(), 0), limit);
    action.deadline = clock.monotonic() + left;
    this.#context.setTimer(action, "deadline", left, () => this.#expired(action, limit));
  }

  /** Waits, and then puts an action in the queue again. */
  retryIn(action: ActionState, ms: number): void {
    const { row } = action;
    if (ms <= 0) return this.enqueue(action);
    row.phase = "QUEUED";
    row.nextAt = this.#context.clock.now() + ms;
    this.#context.save(action);
    this.#context.setTimer(action, "retry", ms, () => this.enqueue(action));
  }

  #begin(action: ActionState, turn: Turn): void {
    // It keeps its turn until it has ended, which is soon.
    if (action.stopping !== undefined && action.row.cancelled === undefined) return;
    const context = this.#context;
    const { row } = action;
    action.row.attempts += 1;
    row.phase = "INITIALIZING";
    const attempt: AttemptState = {
      row: {
        action: row.id,
        attempt: row.attempts,
        queuedAt: row.queuedAt ?? row.createdAt,
        phase: "INITIALIZING",
        startedAt: undefined,
        endedAt: undefined,
        error: undefined,
      },
      action,
      running: undefined,
      early: [],
      waiting: 0,
      replay: orderOf(context, action),
      traces: new Map(),
      scopes: new Map(),
      resumed: row.cancelled !== undefined,
      cancelled: row.cancelled && { ...row.cancelled, at: context.clock.monotonic() },
      over: false,
    };
    action.attempt = attempt;
    context.save(action);
    context.saveAttempt(attempt.row);
    try {
      const running = turn.run(
        startOf(context, action),
        listenTo(context, attempt, {
          started: () => this.#started(attempt),
          request: (request) => this.#onRequest(attempt, request),
          ended: (end) => this.#ended(attempt, end),
        }),
      );
      attempt.running = running;
      for (const { call, outcome } of attempt.early.splice(0)) running.answer(call, outcome);
      if (attempt.cancelled !== undefined) running.cancel(attempt.cancelled.reason, attempt.cancelled.error.message);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#ended(attempt, { type: "lost", alone: true, error: systemError("WORKER_LOST", message) });
    }
  }

  #started(attempt: AttemptState): void {
    const context = this.#context;
    const { action, row } = attempt;
    const now = context.clock.now();
    row.startedAt = now;
    row.phase = "RUNNING";
    action.row.startedAt ??= now;
    action.row.phase = "RUNNING";
    context.clearTimer(action, "queue");
    context.clearTimer(action, "expiry");
    context.save(action);
    context.saveAttempt(row);
    const { maxRuntimeMs } = definitionOf(action).settings;
    if (maxRuntimeMs === undefined || attempt.resumed) return;
    const error = userError("TIMED_OUT", `The attempt ran longer than ${seconds(maxRuntimeMs)}.`, true);
    context.setTimer(action, "runtime", maxRuntimeMs, () => cancel(context, attempt, "timed-out", error));
  }

  #ended(attempt: AttemptState, end: Parameters<AttemptListener["ended"]>[0]): void {
    if (end.type === "lost" && resumes(attempt)) return this.#resume(attempt, end.error);
    const decision = judge(end, attempt, definitionOf(attempt.action).settings);
    const result = end.type === "result" ? end.result : undefined;
    attempt.over = true;
    attempt.replay.close();
    for (const name of ["queue", "runtime", "overdue"] as const) this.#context.clearTimer(attempt.action, name);
    if (decision.type !== "succeeded") return this.#close(attempt, decision, result, undefined);
    keep(this.#context, attempt.action, decision.outputs, (outputs) => this.#close(attempt, decision, result, outputs));
  }

  /** Runs a cancelled attempt again whose process was lost, so that its `uncancelled` scopes come to their end. */
  #resume(attempt: AttemptState, error: ActionError): void {
    const { action } = attempt;
    attempt.over = true;
    this.#write(attempt, { type: "failed", error, counts: "none" });
    this.#leave(action);
    this.#context.log(action, "It runs again, so that its 'uncancelled' code comes to its end.");
    // The next attempt counts the results from before the cancellation, so they must be on disk.
    this.#context.store.committer.whenStored(() => this.enqueue(action));
  }

  #leave(action: ActionState): void {
    for (const name of ["queue", "runtime", "overdue"] as const) this.#context.clearTimer(action, name);
    action.attempt = undefined;
    reconsider(this.#context, action);
    action.turn?.release();
    action.turn = undefined;
  }

  #close(
    attempt: AttemptState,
    decision: RetryDecision,
    result: AttemptResult | undefined,
    outputs: Payload | undefined,
  ): void {
    const context = this.#context;
    const { action, row } = attempt;
    this.#write(attempt, decision);
    if (decision.type === "succeeded") this.#onSuccess(attempt);
    if (result?.report !== undefined) saveReport(context, action, result.report);
    if (result?.requested !== undefined) noteNotAsked(context, action, row.attempt, result.requested);
    this.#leave(action);
    action.row.cancelled = undefined;
    if (action.stopping !== undefined) return finish(context, action, action.stopping);
    if (decision.type === "succeeded")
      return finish(context, action, { phase: "SUCCEEDED", ...(outputs && { outputs }) });
    const delay = action.expired ? undefined : retryDelay(action.row, decision, definitionOf(action).settings);
    if (delay === undefined) return finish(context, action, outcomeOf(decision));
    // It counts, so it is stored at once.
    context.store.committer.whenStored(() => {});
    context.log(action, `It is tried again${delay === 0 ? "" : ` in ${seconds(delay)}`}.`);
    this.retryIn(action, delay);
  }

  #write({ row, action }: AttemptState, decision: RetryDecision): void {
    row.endedAt = Math.max(this.#context.clock.now(), row.startedAt ?? row.queuedAt);
    row.phase = endPhases[decision.type];
    row.error = decision.type === "succeeded" ? undefined : decision.error;
    this.#context.saveAttempt(row);
    if (row.error === undefined) return;
    this.#context.log(action, `[${row.error.code}] ${row.error.message}`);
    for (const line of row.error.stack?.split("\n") ?? []) this.#context.log(action, line);
  }

  #queuedTooLong(action: ActionState): void {
    const context = this.#context;
    const { maxQueuedMs = 0, ...settings } = definitionOf(action).settings;
    const error = userError("TIMED_OUT", `It was in the queue for longer than ${seconds(maxQueuedMs)}.`, true);
    if (action.attempt !== undefined) return cancel(context, action.attempt, "timed-out", error);
    const { row } = action;
    row.attempts += 1;
    const now = context.clock.now();
    const fields = { action: row.id, attempt: row.attempts, queuedAt: row.queuedAt ?? now, startedAt: undefined };
    context.saveAttempt({ ...fields, phase: "TIMED_OUT", endedAt: now, error });
    action.turn?.release();
    action.turn = undefined;
    const decision = { type: "timed-out", error, counts: "user" } as const;
    const delay = retryDelay(row, decision, { ...settings, maxQueuedMs });
    if (delay === undefined) finish(context, action, outcomeOf(decision));
    else this.retryIn(action, delay);
  }

  #expired(action: ActionState, limit: number): void {
    const context = this.#context;
    if (isFinal(action.row.phase) || action.outcome !== undefined) return;
    action.expired = true;
    // `uncancelled` scopes have a limit of their own.
    if (action.row.cancelled !== undefined) return;
    const error = userError("TIMED_OUT", `It took longer than ${seconds(limit)} in all.`);
    const { attempt } = action;
    if (attempt === undefined) return finish(context, action, { phase: "TIMED_OUT", error });
    // The worker knows this time too, and ends by itself.
    context.setTimer(action, "overdue", overdueMs, () => cancel(context, attempt, "timed-out", error));
  }
}
