import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@appenv/protocol/tasks";
import type { Triggers } from "@appenv/engine";
import { findTask } from "../run/create-run.ts";
import { deployTasks, type DeployContext } from "../task-deployment/service.ts";
import { readLimit } from "../requests/list-filter.ts";
import { listTasks } from "./list.ts";
import { readTaskId } from "../requests/ids.ts";
import { taskDetails, taskMessage, type TaskSources } from "./messages.ts";

/** Dependencies of the task service. */
export interface TaskServiceContext extends DeployContext, TaskSources {
  readonly triggers: Triggers;
}

/** Flyte's TaskService. `DeployTask` is an upsert, as on the open-source backend. */
export function taskService(context: TaskServiceContext): ServiceImpl<typeof TaskService> {
  const { registry } = context;
  return {
    deployTask: async (request) => {
      await deployTasks([request], context);
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
