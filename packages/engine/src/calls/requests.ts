import { AppEnvError } from "@appenv/core";
import { traceText } from "@appenv/core/internal";
import type { ActionOutcome, ActionRequest } from "@appenv/runtime";
import { kindOf } from "../store/codes.ts";
import { abortedOutcome } from "../actions/end-action.ts";
import type { ActionStarter } from "../actions/start-action.ts";
import { answer, beginWaiting, failedCall, answerOf, storedAnswer } from "./answers.ts";
import { answerLink } from "./condition-link.ts";
import { requestCondition } from "./conditions.ts";
import type { EngineContext } from "../live/context.ts";
import { createChild } from "./children.ts";
import type { ActionState, AttemptState } from "../live/state.ts";
import { requestEvent } from "./events.ts";
import { requestSleep, sleepLabel } from "./sleeps.ts";
import { recordTrace, requestTrace } from "./traces.ts";
import type { Streams } from "../streams/streams.ts";

/** A request that makes an action. */
type NewAction = Exclude<ActionRequest, { kind: "trace-result" | "stream" | "condition-link" }>;

/** Answers what attempts ask for. */
export class Requests {
  readonly #context: EngineContext;
  readonly #starter: () => ActionStarter;
  readonly #streams: Streams;

  constructor(context: EngineContext, streams: Streams, starter: () => ActionStarter) {
    this.#context = context;
    this.#streams = streams;
    this.#starter = starter;
  }

  /** Never throws: what goes wrong is the answer. */
  handle(attempt: AttemptState, request: ActionRequest): void {
    const context = this.#context;
    const stopping = attempt.action.stopping ?? (attempt.cancelled && abortedOutcome(attempt.cancelled.error.message));
    attempt.replay.progress();
    try {
      if (stopping === undefined || request.uncancelled === true) this.#handle(attempt, request);
      else if (attempt.resumed && isNoAction(request)) this.#handle(attempt, request);
      else if (attempt.resumed) this.#resume(attempt, request);
      else answer(attempt, request.call, answerOf(context, stopping));
    } catch (error) {
      answer(attempt, request.call, failedCall(error));
    }
  }

  /** Serves a program that is told of ends over the API. @throws AppEnvError ABORTED, and what `handle` answers with. */
  enqueue(attempt: AttemptState, request: ActionRequest): void {
    const reason = attempt.action.stopping?.reason ?? attempt.cancelled?.error.message;
    if (attempt.action.stopping !== undefined || attempt.cancelled !== undefined) {
      throw new AppEnvError("ABORTED", `The action '${attempt.action.row.name}' is being ended: ${reason}`);
    }
    this.#handle(attempt, request);
  }

  #handle(attempt: AttemptState, request: ActionRequest): void {
    const context = this.#context;
    if (request.kind === "condition-link") return answerLink(context, attempt, request);
    if (request.kind === "trace-result") return recordTrace(context, attempt, request);
    if (request.kind === "stream") return this.#streams.write(attempt, request);
    const known = attempt.action.run.live.get(request.name);
    if (known !== undefined) return this.#join(attempt, request, known);
    const stored = context.store.actions.byName(attempt.action.run.row, request.name);
    if (stored !== undefined) {
      const task = stored["task"] === null ? undefined : context.store.tasks.byId(Number(stored["task"]));
      checkSame(request, kindOf(stored["kind"]), task?.record.id.name ?? String(stored["label"]));
      if (stored["late"] === 1) this.#takeNote(Number(stored["id"]));
      return giveStored(attempt, request, storedAnswer(context, stored));
    }
    if (request.kind === "trace") return requestTrace(context, attempt, request);
    if (request.kind === "event") return requestEvent(context, attempt, request);
    if (request.kind === "sleep") return requestSleep(context, attempt, request);
    if (request.kind === "condition") return requestCondition(context, attempt, request);
    createChild(context, this.#starter(), attempt, request);
  }

  /** Notes that a result, too late for the attempt that was cancelled, is in time for this one. */
  #takeNote(id: number): void {
    const { committer, actions } = this.#context.store;
    committer.save({}, () => actions.writeInTime(id));
  }

  #resume(attempt: AttemptState, request: ActionRequest): void {
    const outcome = this.#recorded(attempt, request);
    const give = (): void => answer(attempt, request.call, outcome);
    if (outcome.type === "missing") give();
    else attempt.replay.give(request.name, give);
  }

  /** The result that was recorded before an earlier attempt was cancelled at this place. */
  #recorded({ action }: AttemptState, { name }: ActionRequest): ActionOutcome {
    const { store } = this.#context;
    const row = action.run.live.has(name) ? undefined : store.actions.byName(action.run.row, name);
    if (row === undefined || row["late"] === 1) return { type: "missing" };
    const outcome = storedAnswer(this.#context, row);
    // A failure from then stays one: the code went on from there.
    return outcome.type === "failed" ? { ...outcome, error: { ...outcome.error, retryable: false } } : outcome;
  }

  #join(attempt: AttemptState, request: NewAction, known: ActionState): void {
    checkSame(request, known.row.kind, known.task?.record.id.name ?? known.row.label);
    known.waiters.push({ attempt, call: request.call });
    beginWaiting(this.#context, attempt);
    if (!known.asleep) return;
    // The span above it was lost with the process; that of the new call will end.
    if (request.kind === "task" && request.trace !== undefined) known.row.trace = traceText(request.trace);
    this.#starter().wake(known);
  }
}

/** True for a request that makes no action of its own. */
function isNoAction({ kind }: ActionRequest): boolean {
  return kind === "stream" || kind === "condition-link";
}

/** Gives a stored result in its turn; but a trace that failed is computed again first. */
function giveStored(attempt: AttemptState, request: ActionRequest, outcome: ActionOutcome): void {
  const give = (): void => answer(attempt, request.call, outcome);
  if (request.kind === "trace" && outcome.type === "failed" && outcome.error.retryable) give();
  else attempt.replay.give(request.name, give);
}

/** Refuses a request under the name of another action of an earlier attempt. @throws AppEnvError INVALID_INPUT. */
function checkSame(request: NewAction, kind: ActionState["row"]["kind"], what: string): void {
  const asked = nameOf(request);
  if (request.kind === kind && asked === what) return;
  throw new AppEnvError(
    "INVALID_INPUT",
    `The action '${request.name}' is there already, as ${kind} '${what}'; now it is asked for as ${request.kind} '${asked}'.`,
    { fix: "Start a new run: the code has changed too much for this one to go on." },
  );
}

function nameOf(request: NewAction): string {
  if (request.kind === "task") return request.task;
  if (request.kind === "sleep") return sleepLabel;
  if (request.kind === "event") return request.event.name;
  return request.kind === "trace" ? request.traced : request.condition.name;
}
