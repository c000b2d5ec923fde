import type { ActionRequest } from "@appenv/runtime";
import { payloadOf } from "../store/read-action.ts";
import { seconds, userError } from "../actions/action-errors.ts";
import { beginWaiting } from "./answers.ts";
import type { EngineContext } from "../live/context.ts";
import { finish } from "../actions/end-action.ts";
import { keptRow } from "./kept-results.ts";
import { takeKept } from "./kept-signals.ts";
import { newAction } from "../actions/new-action.ts";
import type { ActionState, AttemptState } from "../live/state.ts";

type ConditionRequest = Extract<ActionRequest, { kind: "condition" }>;

/** Makes a condition that waits for a signal. @throws AppEnvError TOO_MANY_ACTIONS. */
export function requestCondition(context: EngineContext, attempt: AttemptState, request: ConditionRequest): void {
  const { name, group = "", condition, call } = request;
  const now = context.clock.now();
  const deadlineAt = condition.timeoutMs === undefined ? undefined : now + condition.timeoutMs;
  const uncancelled = request.uncancelled === true;
  const fields = { name, kind: "condition", label: condition.name, group, condition, deadlineAt, uncancelled } as const;
  const action = newAction(context, attempt.action, { ...fields, phase: "PAUSED", startedAt: now }, undefined);
  action.waiters.push({ attempt, call });
  beginWaiting(context, attempt);
  if (takeOver(context, action)) return;
  context.save(action);
  if (takeKept(context, action)) return;
  armCondition(context, action);
  // Watchers want to see it at once, though no caller waits for it.
  context.store.committer.whenStored(() => {});
}

/** Starts the timer of its time limit, also after a restart. */
export function armCondition(context: EngineContext, action: ActionState): void {
  const { deadlineAt, condition } = action.row;
  const limit = condition?.timeoutMs;
  if (deadlineAt === undefined || limit === undefined) return;
  const left = Math.min(Math.max(deadlineAt - context.clock.now(), 0), limit);
  context.setTimer(action, "deadline", left, () => {
    if (action.signalled) return;
    const message = `Nobody signalled '${action.row.label}' within ${seconds(limit)}.`;
    finish(context, action, { phase: "TIMED_OUT", error: userError("CONDITION_TIMED_OUT", message) });
  });
}

/** Takes over the value signalled in the recovered run. Returns whether there is one. */
function takeOver(context: EngineContext, action: ActionState): boolean {
  const row = action.parent && keptRow(context, action.parent, action.row.name);
  if (row === undefined) return false;
  if (row["label"] !== action.row.label || String(row["condition"]) !== JSON.stringify(action.row.condition))
    return false;
  // It never waited.
  action.row.startedAt = undefined;
  finish(context, action, { phase: "SUCCEEDED", outputs: payloadOf(row, "outputs") ?? { bytes: new Uint8Array() } });
  return true;
}
