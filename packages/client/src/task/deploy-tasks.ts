import type { Environment, TaskEnvironment, TaskFunction } from "@appenv/core";
import type { TaskDefinition, TaskId } from "@appenv/protocol";
import { toTaskIdentifier, toTaskSpec, toTaskTrigger } from "@appenv/protocol/tasks";
import { taskApi } from "../run/api.ts";
import { definedOnly, resourcesOf, secretsOf } from "../serve/definition.ts";
import { dependsOnEnv } from "../serve/depends-on.ts";
import type { Launches, VersionedLaunch } from "../serve/launch.ts";
import type { Target } from "../target/connect.ts";
import { triggerDefinition } from "../trigger/definition.ts";

/**
 * Registers all tasks of an environment, with their triggers, as part of the root of a plan.
 *
 * @throws AppEnvError UNSUPPORTED, LOAD_FAILED.
 */
export async function deployTasks(
  environment: TaskEnvironment,
  root: Environment,
  target: Target,
  launches: Launches,
): Promise<readonly TaskId[]> {
  if (environment.tasks.size === 0) return [];
  const launch = await launches.ofTasks(environment, root, target);
  return Promise.all([...environment.tasks.values()].map((task) => deployTask(task, target, launch)));
}

async function deployTask(task: TaskFunction, target: Target, { launch, version }: VersionedLaunch): Promise<TaskId> {
  const id: TaskId = { project: target.project, domain: target.domain, name: task.fullName, version };
  const triggers = task.triggers.map((trigger) => toTaskTrigger(triggerDefinition(trigger, task.interface)));
  await taskApi(target).tasks.deployTask({
    taskId: toTaskIdentifier(id),
    spec: toTaskSpec(id, taskDefinition(task, launch)),
    triggers,
  });
  return id;
}

/** A task as the control plane is told of it. */
function taskDefinition(task: TaskFunction, launch: TaskDefinition["launch"]): TaskDefinition {
  const { environment } = task;
  return {
    environment: environment.name,
    taskName: task.taskName,
    launch,
    interface: task.interface,
    settings: task.settings,
    envVars: { ...environment.envVars, ...dependsOnEnv(environment, ({ name }) => name) },
    secrets: secretsOf(environment.secrets),
    resources: resourcesOf(environment),
    workers: environment.reusable,
    ...definedOnly({
      environmentConcurrency: environment.concurrency,
      environmentDescription: environment.description,
    }),
  };
}
