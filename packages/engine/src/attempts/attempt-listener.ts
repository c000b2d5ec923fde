import { traceText } from "@appenv/core/internal";
import type { AttemptListener } from "../contracts/attempts.ts";
import { idOf, type EngineContext } from "../live/context.ts";
import type { AttemptState } from "../live/state.ts";
import { saveMetadata } from "./metadata.ts";
import { saveReport } from "./reports.ts";
import { changeScope } from "./uncancelled.ts";

/** The events of an attempt that decide how its action goes on. */
export interface AttemptEvents extends Pick<AttemptListener, "request" | "ended"> {
  started(): void;
}

/** The listener of an attempt, which hears nothing once another one runs. */
export function listenTo(context: EngineContext, attempt: AttemptState, on: AttemptEvents): AttemptListener {
  const { action } = attempt;
  const ifOn =
    <Values extends unknown[]>(act: (...values: Values) => void) =>
    (...values: Values): void => {
      if (!context.closed && action.attempt === attempt && !attempt.over) context.guard(action, () => act(...values));
    };
  return {
    started: ifOn(() => on.started()),
    request: ifOn((request) => on.request(request)),
    scope: ifOn((change) => changeScope(context, attempt, change)),
    line: (at, stream, text) => context.logs.write(idOf(action), attempt.row.attempt, at, stream, text),
    progress: ifOn((done, total, message) => {
      action.row.progress = { done, total, message };
      context.save(action);
    }),
    metadata: ifOn((json) => saveMetadata(context, action, json)),
    report: ifOn((html) => saveReport(context, action, html)),
    trace: ifOn((trace) => {
      action.row.trace = traceText(trace);
      context.save(action);
    }),
    ended: ifOn((end) => on.ended(end)),
  };
}
