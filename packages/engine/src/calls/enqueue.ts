import { AppEnvError } from "@appenv/core";
import type { ActionRequest } from "@appenv/runtime";
import type { EnqueuedAction } from "../contracts/enqueue.ts";
import { idOf, type EngineContext } from "../live/context.ts";
import type { ActionState, AttemptState } from "../live/state.ts";
import { startedTrace } from "./traces.ts";
import type { Requests } from "./requests.ts";

/**
 * Makes a child, or joins one that is there: for the program of a container, which asks over the API and is told of ends
 * there. What it asks for is on disk when this resolves.
 *
 * @throws AppEnvError INVALID_INPUT, ABORTED, NOT_FOUND, UNSUPPORTED, PERMISSION_DENIED, PAYLOAD_TOO_LARGE, TASK_CYCLE,
 * TOO_MANY_ACTIONS.
 */
export async function enqueue(
  context: EngineContext,
  requests: Requests,
  parent: ActionState,
  asked: EnqueuedAction,
): Promise<void> {
  const { committer, tasks } = context.store;
  const attempt = runningAttempt(parent);
  if (asked.kind === "task") {
    const { task } = asked;
    const put = (): unknown => tasks.find(task.id, task.id.version) ?? tasks.put(task, 0);
    if (tasks.find(task.id, task.id.version) === undefined) await committer.commit(put, () => {});
  }
  if (asked.kind === "trace") attempt.traces.set(asked.name, startedTrace(parent, asked.traced, asked.group));
  requests.enqueue(attempt, requestOf(asked));
  await new Promise<void>((resolve) => committer.whenStored(resolve));
}

/** @throws AppEnvError INVALID_INPUT if none runs, or it is no program that asks over the API. */
function runningAttempt(action: ActionState): AttemptState {
  const { attempt, task } = action;
  const isProgram = task?.record.definition?.launch.kind === "image";
  if (isProgram && attempt !== undefined && !attempt.over) return attempt;
  const { action: name, run } = idOf(action);
  const why = isProgram ? "does not run now" : "is of AppEnv, whose tasks call others as functions";
  throw new AppEnvError("INVALID_INPUT", `The action '${name}' of the run '${run}' ${why}, so it gets no children.`);
}

/** Answers are not passed on to programs, so calls need no numbers. */
function requestOf(asked: EnqueuedAction): ActionRequest {
  const { name, group } = asked;
  const call = { name, group: group === "" ? undefined : group, attempt: 0, call: 0 };
  switch (asked.kind) {
    case "task": {
      const { name: task, ...deployed } = asked.task.id;
      return { kind: "task", ...call, task, deployed, inputs: asked.inputs };
    }
    case "condition":
      return { kind: "condition", ...call, condition: asked.condition };
    case "trace":
      return { kind: "trace-result", ...call, startedAt: asked.startedAt, result: asked.result };
  }
}
