import type { TaskDefinition } from "@appenv/protocol";
import type { Job } from "../scheduler/turn.ts";
import type { ActionState } from "../live/state.ts";

/** The definition of a task's action. */
export function definitionOf(action: ActionState): TaskDefinition {
  const definition = action.task?.record.definition;
  if (definition === undefined) throw new Error(`${action.row.name} has no definition.`);
  return definition;
}

/** An action as the scheduler knows it. */
export function jobOf(action: ActionState): Job {
  const {
    project,
    domain,
    row,
    settings: { envVars },
  } = action.run;
  const definition = definitionOf(action);
  const { environment, taskName, settings, environmentConcurrency, reusable } = definition;
  const key = `${project}/${domain}/${environment}`;
  const version = action.task?.record.id.version ?? "";
  return {
    run: row,
    environment: key,
    task: taskName,
    limits: {
      environment: environmentConcurrency ?? Number.POSITIVE_INFINITY,
      task: settings.concurrency ?? Number.POSITIVE_INFINITY,
      workerPlaces: reusable.replicas * reusable.concurrency,
    },
    spec: {
      key: `${key}/${version}`,
      project,
      domain,
      version,
      definition,
      isolated: settings.isolated || action.row.isolated || definition.launch.kind === "image",
    },
    env: envVars,
  };
}
