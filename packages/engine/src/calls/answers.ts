import type { ActionOutcome } from "@appenv/runtime";
import { AppEnvError } from "@appenv/core";
import { errorOf, payloadOf } from "../store/read-action.ts";
import { phaseOf } from "../store/codes.ts";
import { systemError } from "../actions/action-errors.ts";
import type { EngineContext } from "../live/context.ts";
import type { Outcome } from "../store/rows.ts";
import { reconsider } from "../actions/paused.ts";
import type { AttemptState } from "../live/state.ts";

/** Answers a call of an attempt, unless that is over. */
export function answer(attempt: AttemptState, call: number, outcome: ActionOutcome): void {
  if (attempt.action.attempt !== attempt || attempt.over) return;
  if (attempt.running === undefined) attempt.early.push({ call, outcome });
  else attempt.running.answer(call, outcome);
}

/** Counts a call of an attempt that waits for another action; the attempt's place goes to others meanwhile. */
export function beginWaiting(context: EngineContext, attempt: AttemptState): void {
  attempt.waiting += 1;
  if (attempt.waiting === 1) attempt.action.turn?.pause();
  reconsider(context, attempt.action);
}

/** Counts a call of an attempt that waits no more. */
export function endWaiting(context: EngineContext, attempt: AttemptState): void {
  attempt.waiting -= 1;
  if (attempt.action.attempt !== attempt) return;
  if (attempt.waiting === 0) attempt.action.turn?.resume();
  reconsider(context, attempt.action);
}

/** The answer to callers of an action that has ended. */
export function answerOf(context: EngineContext, { phase, outputs, error }: Outcome): ActionOutcome {
  if (phase === "SUCCEEDED") return succeeded(context, outputs ?? { bytes: new Uint8Array() });
  const type = ({ FAILED: "failed", ABORTED: "aborted", TIMED_OUT: "timed-out" } as const)[phase];
  return { type, error: error ?? systemError("UNEXPECTED", "It ended for no known reason.") };
}

/** The same for an action that has ended and is in the database. */
export function storedAnswer(context: EngineContext, row: Readonly<Record<string, unknown>>): ActionOutcome {
  const phase = phaseOf(row["phase"]) as Outcome["phase"];
  const [outputs, error] = [payloadOf(row, "outputs"), errorOf(row)];
  return answerOf(context, { phase, ...(outputs && { outputs }), ...(error && { error }) });
}

function succeeded(context: EngineContext, outputs: NonNullable<Outcome["outputs"]>): ActionOutcome {
  try {
    return { type: "succeeded", outputs: context.store.objects.get(outputs) };
  } catch (error) {
    const message = AppEnvError.is(error) ? error.message : String(error);
    return { type: "failed", error: systemError("NOT_FOUND", message) };
  }
}

/** The answer to a call that cannot be made. The platform refuses it, so the caller sees the code itself. */
export function failedCall(error: unknown): ActionOutcome {
  if (AppEnvError.is(error)) return { type: "failed", error: systemError(error.code, error.message) };
  return { type: "failed", error: systemError("UNEXPECTED", error instanceof Error ? error.message : String(error)) };
}
