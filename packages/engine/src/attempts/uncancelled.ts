import type { AttemptStart, ScopeChange } from "@appenv/runtime";
import { seconds, userError } from "../actions/action-errors.ts";
import { answer } from "../calls/answers.ts";
import type { EngineContext } from "../live/context.ts";
import { cancel, holdCancelled } from "../actions/end-action.ts";
import type { ActionState, AttemptState } from "../live/state.ts";

/** Maximum number of processes that may be lost with open `uncancelled` scopes of one action. */
const mostLosses = 3;

/** Takes note of an `uncancelled` scope of an attempt that begins, or has ended. */
export function changeScope(context: EngineContext, attempt: AttemptState, change: ScopeChange): void {
  if (change.type === "uncancelled") beginScope(context, attempt, change);
  else if (attempt.scopes.delete(change.scope) && attempt.cancelled !== undefined) holdCancelled(context, attempt);
}

function beginScope(
  context: EngineContext,
  attempt: AttemptState,
  { call, scope, limitMs, timedOut }: Extract<ScopeChange, { type: "uncancelled" }>,
): void {
  attempt.scopes.set(scope, limitMs);
  const begun = (): void => answer(attempt, call, { type: "succeeded", outputs: new Uint8Array() });
  if (timedOut !== undefined && attempt.cancelled === undefined) {
    cancel(context, attempt, "timed-out", userError("TIMED_OUT", timedOut.message, timedOut.retryable));
  } else if (attempt.cancelled !== undefined) holdCancelled(context, attempt);
  else return begun();
  context.log(attempt.action, `The code in its 'uncancelled' goes on, for ${seconds(limitMs)} at most.`);
  context.store.committer.whenStored(begun);
}

/** True if an action whose attempt is lost runs again, for its `uncancelled` scopes. Counts the loss. */
export function resumes({ action: { row } }: AttemptState): boolean {
  const { cancelled } = row;
  if (cancelled === undefined || cancelled.losses >= mostLosses) return false;
  row.cancelled = { ...cancelled, losses: cancelled.losses + 1 };
  // The action itself may be the reason why its processes end.
  row.isolated = true;
  return true;
}

/** The time limit of an attempt. One that goes through a cancellation again has only that of its scopes. */
export function limitOf(
  { clock, store }: EngineContext,
  { row, deadline }: ActionState,
): Pick<AttemptStart, "deadline" | "cancelled"> {
  if (row.cancelled === undefined)
    return { deadline: deadline === undefined ? undefined : clock.now() + (deadline - clock.monotonic()) };
  const { reason, error, limitMs } = row.cancelled;
  const afterResults = store.actions.resultsBeforeCancellation(row.id);
  return { deadline: undefined, cancelled: { reason, message: error.message, limitMs, afterResults } };
}
