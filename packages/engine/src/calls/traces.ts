import { AppEnvError } from "@appenv/core";
import type { ActionRequest } from "@appenv/runtime";
import { payloadOf, toActionRow } from "../store/read-action.ts";
import { kindOf } from "../store/codes.ts";
import type { ActionRow, Outcome } from "../store/rows.ts";
import { shortened } from "../actions/action-errors.ts";
import { answer, beginWaiting, failedCall } from "./answers.ts";
import type { EngineContext } from "../live/context.ts";
import { finish } from "../actions/end-action.ts";
import { keptRow } from "./kept-results.ts";
import { keep } from "../live/keep-payload.ts";
import { newAction } from "../actions/new-action.ts";
import { addAction, type ActionState, type AttemptState, type StartedTrace } from "../live/state.ts";
import { tooLarge } from "../attempts/retry-decision.ts";
import { definitionOf } from "../attempts/worker-spec.ts";

type TraceRequest = Extract<ActionRequest, { kind: "trace" }>;
type TraceResult = Extract<ActionRequest, { kind: "trace-result" }>;

/** Answers a trace of which nothing is recorded in this run. */
export function requestTrace(context: EngineContext, attempt: AttemptState, request: TraceRequest): void {
  const { name, group = "", traced, call, uncancelled = false } = request;
  const row = keptRow(context, attempt.action, name);
  if (row !== undefined && kindOf(row["kind"]) === "trace") {
    const action = newAction(
      context,
      attempt.action,
      { name, kind: "trace", label: traced, group, uncancelled },
      undefined,
    );
    action.waiters.push({ attempt, call });
    beginWaiting(context, attempt);
    const outputs = payloadOf(row, "outputs") ?? { bytes: new Uint8Array() };
    return finish(context, action, { phase: "SUCCEEDED", outputs });
  }
  attempt.traces.set(name, startedTrace(attempt.action, traced, group));
  answer(attempt, call, { type: "missing" });
}

/** A trace that begins now. */
export function startedTrace({ run }: ActionState, traced: string, group: string): StartedTrace {
  return { traced, group, endedBefore: run.ended };
}

/** Records what a trace gave, and answers once it is on disk. @throws AppEnvError PAYLOAD_TOO_LARGE, TOO_MANY_ACTIONS. */
export function recordTrace(context: EngineContext, attempt: AttemptState, request: TraceResult): void {
  const { name, call, result } = request;
  const done = (): void =>
    attempt.replay.give(name, () => answer(attempt, call, { type: "succeeded", outputs: new Uint8Array() }));
  const { run } = attempt.action;
  const earlier = run.live.get(name)?.row ?? storedRow(context, run.row, name);
  if (earlier !== undefined && !mayChange(earlier)) return context.store.committer.whenStored(done);
  if ("error" in result)
    return record(context, attempt, request, { phase: "FAILED", error: shortened(result.error) }, done);
  const { outputs } = result;
  const { maxInlineBytes } = definitionOf(attempt.action).settings;
  const { traced = name } = attempt.traces.get(name) ?? {};
  if (outputs.byteLength > maxInlineBytes) {
    const message = tooLarge(`What '${traced}' gave`, outputs.byteLength, maxInlineBytes);
    throw new AppEnvError("PAYLOAD_TOO_LARGE", message);
  }
  keep(context, attempt.action, outputs, (stored) => {
    if (attempt.action.attempt !== attempt || attempt.over) return;
    try {
      record(context, attempt, request, { phase: "SUCCEEDED", outputs: stored }, done);
    } catch (error) {
      answer(attempt, call, failedCall(error));
    }
  });
}

function record(
  context: EngineContext,
  attempt: AttemptState,
  { name, startedAt, uncancelled = false }: TraceResult,
  outcome: Outcome,
  done: () => void,
): void {
  const { action: parent } = attempt;
  const earlier = parent.run.live.get(name)?.row ?? storedRow(context, parent.run.row, name);
  if (earlier === undefined) {
    const { traced, group, endedBefore } = attempt.traces.get(name) ?? startedTrace(parent, name, "");
    const fields = { name, kind: "trace", label: traced, group, startedAt, endedBefore, uncancelled } as const;
    finish(context, newAction(context, parent, fields, undefined), outcome);
  } else if (mayChange(earlier)) {
    const again: Partial<ActionRow> = { phase: "RUNNING", startedAt, endedAt: undefined, error: undefined };
    finish(context, addAction(parent.run, Object.assign(earlier, again), parent, undefined), outcome);
  }
  attempt.traces.delete(name);
  context.store.committer.whenStored(done);
}

/** True for a trace that failed and may be computed again: its last result counts. */
function mayChange({ phase, error }: ActionRow): boolean {
  return phase === "FAILED" && error?.retryable === true;
}

function storedRow(context: EngineContext, run: number, name: string): ActionRow | undefined {
  const columns = context.store.actions.byName(run, name);
  return columns === undefined ? undefined : toActionRow(columns);
}
