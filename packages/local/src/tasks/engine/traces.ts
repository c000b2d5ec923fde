import { AppEnvError } from "@appenv/core";
import type { ActionRequest } from "@appenv/runtime";
import { payloadOf } from "../store/action-table.ts";
import { kindOf, phaseOf } from "../store/codes.ts";
import { answer, beginWaiting, failedCall } from "./answers.ts";
import type { EngineContext } from "./context.ts";
import { finish } from "./ending.ts";
import { keep } from "./keep.ts";
import { newAction } from "./new-action.ts";
import type { AttemptState, Ending } from "./state.ts";
import { tooLarge } from "./verdict.ts";
import { definitionOf } from "./worker-spec.ts";

type TraceRequest = Extract<ActionRequest, { kind: "trace" }>;
type TraceResult = Extract<ActionRequest, { kind: "trace-result" }>;

/** Answers a trace of which nothing is recorded in this run. */
export function requestTrace(context: EngineContext, attempt: AttemptState, request: TraceRequest): void {
  const { name, group = "", traced, call } = request;
  const { recovers } = attempt.action.run;
  const row = recovers === undefined ? undefined : context.store.actions.byName(recovers, name);
  if (row !== undefined && kindOf(row["kind"]) === "trace" && phaseOf(row["phase"]) === "SUCCEEDED") {
    const action = newAction(context, attempt.action, { name, kind: "trace", label: traced, group }, undefined);
    action.waiters.push({ attempt, call });
    beginWaiting(attempt);
    const outputs = payloadOf(row, "outputs") ?? { bytes: new Uint8Array() };
    return finish(context, action, { phase: "SUCCEEDED", outputs });
  }
  attempt.traces.set(name, { traced, group });
  answer(attempt, call, { type: "missing" });
}

/** Records what a trace gave, and answers once it is on disk. @throws AppEnvError PAYLOAD_TOO_LARGE, TOO_MANY_ACTIONS. */
export function recordTrace(context: EngineContext, attempt: AttemptState, request: TraceResult): void {
  const { name, call, result } = request;
  const done = (): void => answer(attempt, call, { type: "succeeded", outputs: new Uint8Array() });
  const { run } = attempt.action;
  if (run.live.has(name)) return context.store.committer.whenStored(done);
  if (context.store.actions.byName(run.row, name) !== undefined) return done();
  if ("error" in result) return record(context, attempt, request, { phase: "FAILED", error: result.error }, done);
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
  { name, startedAt }: TraceResult,
  ending: Ending,
  done: () => void,
): void {
  const { traced = name, group = "" } = attempt.traces.get(name) ?? {};
  attempt.traces.delete(name);
  const fields = { name, kind: "trace", label: traced, group, startedAt } as const;
  finish(context, newAction(context, attempt.action, fields, undefined), ending);
  context.store.committer.whenStored(done);
}
