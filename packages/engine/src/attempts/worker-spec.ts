import type { TaskDefinition } from "@appenv/protocol";
import { queueKey } from "@appenv/protocol/values";
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
    id: { run: action.run.run, action: action.row.name },
    queue: {
      id: { project, domain, name: queueNameOf(definition) },
      key: action.row.queueKey,
      limits: { concurrency: settings.queue?.concurrency, rate: settings.queue?.rate },
    },
    priority: action.row.priority,
    queuedAt: action.row.queuedAt ?? action.row.createdAt,
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

/** The key by which its queue limits an action of a task, read from its inputs. @throws AppEnvError INVALID_INPUT. */
export function keyOf(definition: TaskDefinition | undefined, inputs: Uint8Array): string {
  const paths = definition?.settings.queue?.key ?? [];
  return definition === undefined || paths.length === 0 ? "" : queueKey(definition.interface, inputs, paths);
}

/** The name of a task's queue. */
export function queueNameOf({ environment, taskName, settings }: TaskDefinition): string {
  return settings.queue?.name ?? `${environment}.${taskName}`;
}
