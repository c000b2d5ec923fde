import type { TaskDefinition } from "@appenv/protocol";
import type { WorkerSpec } from "../contracts/workers.ts";
import type { EngineContext } from "../live/context.ts";
import type { Job } from "../scheduler/scheduler.ts";
import type { ActionState } from "../live/state.ts";

/** The definition of a task's action. */
export function definitionOf(action: ActionState): TaskDefinition {
  const definition = action.task?.record.definition;
  if (definition === undefined) throw new Error(`${action.row.name} has no definition.`);
  return definition;
}

/** What the scheduler must know of an action. */
export function jobOf(context: EngineContext, action: ActionState): Job {
  const { project, domain } = action.run;
  const { environment, taskName, settings, environmentConcurrency, reusable } = definitionOf(action);
  const isolated = settings.isolated || action.row.isolated;
  return {
    run: action.run.row,
    environment: `${project}/${domain}/${environment}`,
    task: taskName,
    limits: {
      environment: environmentConcurrency ?? Number.POSITIVE_INFINITY,
      task: settings.concurrency ?? Number.POSITIVE_INFINITY,
      lane: isolated ? context.isolatedLimit : reusable.replicas * reusable.concurrency,
    },
    isolated,
  };
}

/** What an action's attempts run in. */
export function specOf(action: ActionState, definition: TaskDefinition): WorkerSpec {
  const { project, domain } = action.run;
  return {
    key: `${project}/${domain}/${definition.environment}/${action.task?.record.id.version ?? ""}`,
    project,
    domain,
    definition,
    isolated: definition.settings.isolated || action.row.isolated,
  };
}
