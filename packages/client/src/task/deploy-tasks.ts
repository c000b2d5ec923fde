import { create, toBinary } from "@bufbuild/protobuf";
import { AppEnvError, type Environment, type TaskEnvironment, type TaskFunction } from "@appenv/core";
import type { TaskDefinition, TaskId } from "@appenv/protocol";
import {
  type DeployTaskRequest,
  DeployTaskRequestSchema,
  toTaskIdentifier,
  toTaskSpec,
  toTaskTrigger,
} from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { definedOnly } from "../defined-only.ts";
import { taskApi } from "../run/api.ts";
import { dependsOnEnv, resourcesOf, secretsOf } from "../serve/definition.ts";
import type { Launches } from "../serve/launch.ts";
import type { TaskLaunches } from "../serve/task-launches.ts";
import { triggerDefinition } from "../trigger/definition.ts";
import { withOffloadedInputs } from "../trigger/offload-inputs.ts";

/** A task as it is to be registered. */
export interface PreparedTask {
  readonly id: TaskId;
  readonly request: DeployTaskRequest;
}

/**
 * All tasks of an environment with their triggers, ready to be registered, as part of the root of a plan.
 *
 * @throws AppEnvError UNSUPPORTED, LOAD_FAILED, INVALID_INPUT.
 */
export async function prepareTasks(
  environment: TaskEnvironment,
  root: Environment,
  controlPlane: ControlPlane,
  launches: Launches,
): Promise<readonly PreparedTask[]> {
  if (environment.tasks.size === 0) return [];
  const ofTasks = await launches.ofTasks(environment, root, controlPlane);
  return Promise.all([...environment.tasks.values()].map((task) => prepareTask(task, controlPlane, ofTasks)));
}

async function prepareTask(
  task: TaskFunction,
  controlPlane: ControlPlane,
  launches: TaskLaunches,
): Promise<PreparedTask> {
  const { version } = launches;
  const launch = await launches.of(task.taskName);
  const id: TaskId = { project: controlPlane.project, domain: controlPlane.domain, name: task.fullName, version };
  const triggers = task.triggers.map((trigger) =>
    toTaskTrigger(triggerDefinition(trigger, task.interface, task.settings.notify)),
  );
  const spec = toTaskSpec(id, taskDefinition(task, launch));
  return { id, request: create(DeployTaskRequestSchema, { taskId: toTaskIdentifier(id), spec, triggers }) };
}

/**
 * Registers tasks: all or none, where the control plane can. Flyte's own takes one at a time.
 *
 * @throws AppEnvError INVALID_OPTION, LOAD_FAILED, DISK_FULL, UNREACHABLE.
 */
export async function deployTasks(requests: readonly DeployTaskRequest[], controlPlane: ControlPlane): Promise<void> {
  if (requests.length === 0) return;
  if (controlPlane.embedded && (await deployTogether(requests, controlPlane))) return;
  for (const request of requests) {
    await taskApi(controlPlane).tasks.deployTask(await withOffloadedInputs(controlPlane, request));
  }
}

/** Registers all tasks in one call. Resolves with false if the platform is too old for that. */
async function deployTogether(requests: readonly DeployTaskRequest[], controlPlane: ControlPlane): Promise<boolean> {
  const tasks = requests.map((request) => toBinary(DeployTaskRequestSchema, request));
  try {
    await taskApi(controlPlane).deployments.deployTasks({ tasks });
    return true;
  } catch (error) {
    if (AppEnvError.is(error, "UNSUPPORTED")) return false;
    throw error;
  }
}

/** The definition of a task for the control plane. */
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
    reusable: environment.reusable,
    ...definedOnly({
      environmentConcurrency: environment.concurrency,
      environmentDescription: environment.description,
    }),
  };
}
