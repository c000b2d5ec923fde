import { fromBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import { encodeOutput, fromLiteral, LiteralSchema } from "@appenv/protocol/tasks";
import type { ActionRequest } from "@appenv/runtime";
import { payloadOf } from "../store/read-action.ts";
import { phaseOf } from "../store/codes.ts";
import { seconds, userError } from "./action-errors.ts";
import { beginWaiting } from "./answers.ts";
import type { EngineContext } from "./context.ts";
import { finish } from "./end-action.ts";
import { takeKept } from "./kept-signals.ts";
import { newAction } from "./new-action.ts";
import type { ActionState, AttemptState } from "./state.ts";

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
  // Somebody wants to see it, though nobody is told of it.
  context.store.committer.whenStored(() => {});
}

/** Lets its time run, also over a restart. */
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

/** Gives a condition its value; it is on disk when this resolves. @throws AppEnvError INVALID_INPUT, CONDITION_NOT_WAITING. */
export async function signalCondition(context: EngineContext, action: ActionState, value: Uint8Array): Promise<void> {
  const { row } = action;
  if (row.phase !== "PAUSED" || action.signalled || action.stopping !== undefined) throw notWaiting(row.label);
  const outputs = { bytes: readSignal(action, value) };
  const endedAt = Math.max(context.clock.now(), row.createdAt);
  action.signalled = true;
  try {
    await context.store.committer.commit(
      // Its own row comes first in the same transaction.
      () => {
        row.endedOrder = action.run.ended += 1;
        context.store.actions.write({ ...row, stored: true, phase: "SUCCEEDED", endedAt, outputs });
      },
      () => finish(context, action, { phase: "SUCCEEDED", outputs }),
    );
  } catch (error) {
    row.endedOrder = undefined;
    if (action.stopping !== undefined) finish(context, action, action.stopping);
    throw error;
  } finally {
    action.signalled = false;
  }
}

/** The error of a signal that comes too late. */
export function notWaiting(name: string): AppEnvError {
  return new AppEnvError("CONDITION_NOT_WAITING", `The condition '${name}' does not wait for a signal.`);
}

/** The value of a signal, as the condition takes it. @throws AppEnvError INVALID_INPUT. */
export function readSignal({ row }: ActionState, bytes: Uint8Array): Uint8Array {
  const type = { kind: row.condition?.type ?? "string" } as const;
  try {
    return encodeOutput(type, fromLiteral(type, fromBinary(LiteralSchema, bytes)));
  } catch (error) {
    const why = AppEnvError.is(error) ? error.message : "it is no literal.";
    throw new AppEnvError("INVALID_INPUT", `The condition '${row.label}' takes a value of type ${type.kind}: ${why}`, {
      fix: `Signal a value of type ${type.kind}.`,
      cause: error,
    });
  }
}

/** What was signalled in the run that is recovered. */
function takeOver(context: EngineContext, action: ActionState): boolean {
  const { recovers } = action.run;
  const row = recovers === undefined ? undefined : context.store.actions.byName(recovers, action.row.name);
  if (row === undefined || phaseOf(row["phase"]) !== "SUCCEEDED") return false;
  if (row["label"] !== action.row.label || String(row["condition"]) !== JSON.stringify(action.row.condition))
    return false;
  // It never waited.
  action.row.startedAt = undefined;
  finish(context, action, { phase: "SUCCEEDED", outputs: payloadOf(row, "outputs") ?? { bytes: new Uint8Array() } });
  return true;
}
