import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import type { TaskDefinition, TriggerDefinition } from "@appenv/protocol";
import {
  DeployTaskRequestSchema,
  fromContainerSpec,
  fromTaskSpec,
  fromTaskTrigger,
  TaskSpecSchema,
  type DeployTaskRequest,
  type TaskDeploymentService,
  type TaskSpec,
  type TaskTrigger,
} from "@appenv/protocol/tasks";
import type { TaskRecord, TaskRegistry, TaskToDeploy } from "@appenv/engine";
import { checkTaskRules } from "../../notifications/check-rules.ts";
import type { CreateRunContext } from "../run/create-run.ts";
import { invalidRequest, readTaskId } from "../requests/ids.ts";
import { inlineInputs } from "../trigger/inputs.ts";

/** Dependencies of deploying. */
export interface DeployContext {
  readonly registry: TaskRegistry;
  /** Reads inputs that were uploaded before. */
  readonly creating: CreateRunContext;
  /** @throws AppEnvError LOAD_FAILED if the bundle is not there. */
  readonly checkBundle: (task: Pick<TaskRecord, "definition">) => void;
}

/** Tasks that are deployed together, each as Flyte's message. */
export function taskDeploymentService(context: DeployContext): ServiceImpl<typeof TaskDeploymentService> {
  return {
    deployTasks: async ({ tasks }) => {
      await deployTasks(tasks.map(readMessage), context);
      return {};
    },
  };
}

/** Registers all tasks with their triggers, or none. @throws AppEnvError UNSUPPORTED, INVALID_OPTION, INVALID_INPUT, LOAD_FAILED. */
export async function deployTasks(requests: readonly DeployTaskRequest[], context: DeployContext): Promise<void> {
  const { registry, checkBundle } = context;
  // All is read before anything is stored.
  const tasks = await Promise.all(requests.map((request) => readTask(request, context)));
  for (const task of tasks) {
    checkBundle(task);
    if (task.definition !== undefined) checkTaskRules(task.definition, task.triggers);
  }
  if (tasks.length > 0) await registry.deploy(tasks);
}

function readMessage(bytes: Uint8Array): DeployTaskRequest {
  try {
    return fromBinary(DeployTaskRequestSchema, bytes);
  } catch (error) {
    throw invalidRequest(`A task of the request is no \`DeployTaskRequest\`: ${String(error).slice(0, 200)}.`);
  }
}

async function readTask({ taskId, spec, triggers }: DeployTaskRequest, context: DeployContext): Promise<TaskToDeploy> {
  const id = readTaskId(taskId);
  if (id.version === "") throw invalidRequest(`The task '${id.name}' has no version.`);
  if (spec === undefined) throw invalidRequest(`The task '${id.name}' has no spec.`);
  const names = triggers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalidRequest(`The task '${id.name}' has two triggers of the name '${twice}'.`);
  return {
    id,
    definition: readRunnableTask(spec, id.name),
    spec: toBinary(TaskSpecSchema, spec),
    triggers: await Promise.all(triggers.map((trigger) => readTrigger(trigger, context))),
  };
}

async function readTrigger(
  { name, spec, automationSpec }: TaskTrigger,
  { creating }: Pick<DeployContext, "creating">,
): Promise<TriggerDefinition> {
  if (spec === undefined) return fromTaskTrigger({ name, automationSpec });
  const inputWrapper = await inlineInputs(spec.inputWrapper, creating.readInputs);
  return fromTaskTrigger({ name, automationSpec, spec: { ...spec, inputWrapper } });
}

/**
 * A task that can run here. Others are refused when they are deployed, as apps are, and not when somebody runs them.
 *
 * @throws AppEnvError UNSUPPORTED.
 */
function readRunnableTask(spec: TaskSpec, name: string): TaskDefinition {
  const definition = fromTaskSpec(spec) ?? fromContainerSpec(spec);
  if (definition !== undefined) return definition;
  const { type = "", target } = spec.taskTemplate ?? {};
  const isPod = target?.case === "k8sPod" ? " with a template for a pod" : "";
  throw new AppEnvError(
    "UNSUPPORTED",
    `The platform on this machine runs programs as processes; '${name}' has none, its type is '${type}'${isPod}.`,
    { fix: "Deploy it to a Flyte cluster." },
  );
}
