import { toBinary } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { TriggerDefinition } from "@appenv/protocol";
import {
  fromTaskSpec,
  fromTaskTrigger,
  TaskSpecSchema,
  type TaskService,
  type TaskTrigger,
} from "@appenv/protocol/tasks";
import type { TaskEngine, TaskRecord, TaskRegistry, Triggers } from "../../tasks/contracts.ts";
import { nextFiring } from "../../tasks/triggers/firing-times.ts";
import { findTask, type CreateRunContext } from "./create-run.ts";
import { readLimit } from "./list-filter.ts";
import { listTasks } from "./list-tasks.ts";
import { invalidRequest, readTaskId } from "./request-ids.ts";
import { taskDetails, taskMessage } from "./task-message.ts";
import { inlineInputs } from "./trigger-inputs.ts";

/** What the task service works with. */
export interface TaskServiceContext {
  readonly engine: Pick<TaskEngine, "listRuns">;
  readonly registry: TaskRegistry;
  readonly triggers: Triggers;
  /** What reads inputs that were uploaded before. */
  readonly creating: CreateRunContext;
  /** @throws AppEnvError LOAD_FAILED if the bundle is not there. */
  readonly checkBundle: (task: Pick<TaskRecord, "definition">) => void;
}

/** Flyte's TaskService. `DeployTask` is an upsert, as on the open-source backend. */
export function taskService(context: TaskServiceContext): ServiceImpl<typeof TaskService> {
  const { registry } = context;
  return {
    deployTask: async ({ taskId, spec, triggers }) => {
      const id = readTaskId(taskId);
      if (id.version === "") throw invalidRequest(`The task '${id.name}' has no version.`);
      if (spec === undefined) throw invalidRequest(`The task '${id.name}' has no spec.`);
      // All is read before anything is stored.
      const task = { id, definition: fromTaskSpec(spec), spec: toBinary(TaskSpecSchema, spec) };
      const definitions = await Promise.all(triggers.map((trigger) => readTrigger(trigger, context)));
      const now = new Date();
      for (const { automation } of definitions) nextFiring(automation, now, now);
      context.checkBundle(task);
      await registry.deploy(task, definitions);
      return {};
    },
    getTaskDetails: ({ taskId }) => ({ details: taskDetails(findTask(registry, readTaskId(taskId)), context) }),
    listTasks: (request) => {
      const { items, token, total, filteredTotal } = listTasks(registry, request);
      return {
        tasks: items.map((task) => taskMessage(task, context)),
        token,
        metadata: { total, filteredTotal },
      };
    },
    listVersions: ({ taskName, request }) => {
      const page = { limit: readLimit(request), token: request?.token ?? "" };
      const { items, token } = registry.versions(readTaskId(taskName), page);
      return {
        versions: items.map(({ id, deployedAt }) => ({
          version: id.version,
          deployedAt: timestampFromDate(deployedAt),
        })),
        token,
      };
    },
  };
}

async function readTrigger(
  trigger: TaskTrigger,
  { creating }: Pick<TaskServiceContext, "creating">,
): Promise<TriggerDefinition> {
  const { name, spec, automationSpec } = trigger;
  if (spec === undefined) return fromTaskTrigger(trigger);
  const inputWrapper = await inlineInputs(spec.inputWrapper, creating.readInputs);
  return fromTaskTrigger({ name, automationSpec, spec: { ...spec, inputWrapper } });
}
