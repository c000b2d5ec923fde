import { parseTrace } from "@appenv/core/internal";
import type { AttemptStart } from "@appenv/runtime";
import { ReplayOrder } from "@appenv/runtime/replay";
import type { EngineContext } from "../live/context.ts";
import type { ActionState } from "../live/state.ts";
import { runStartOf } from "./run-start.ts";
import { limitOf } from "./uncancelled.ts";
import { definitionOf } from "./worker-spec.ts";

/** The facts that an attempt of an action begins with. */
export function startOf(context: EngineContext, action: ActionState): Omit<AttemptStart, "id"> {
  const { row, run } = action;
  const trace = parseTrace(row.trace);
  return {
    run: run.run,
    action: row.name,
    task: definitionOf(action).taskName,
    attempt: row.attempts,
    inputs: context.inputsOf(action),
    labels: run.settings.labels,
    envVars: run.settings.envVars,
    queuedAt: row.queuedAt ?? row.createdAt,
    ...(trace === undefined ? {} : { trace }),
    ...limitOf(context, action),
    ...runStartOf(context, action),
  };
}

/** The order in which an attempt is given the results that those before it recorded. */
export function orderOf(context: EngineContext, { row, task }: ActionState): ReplayOrder {
  // Programs of containers are told of ends over the API, in no order.
  const recorded =
    row.attempts > 1 && task?.record.definition?.launch.kind === "bundle"
      ? context.store.actions.endedChildren(row.id)
      : [];
  return new ReplayOrder(recorded, context.replayPatienceMs, {
    monotonic: () => context.clock.monotonic(),
    after: (ms, callback) => context.after(ms, callback),
  });
}
