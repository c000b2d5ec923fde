import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import {
  GetTaskDetailsResponseSchema,
  ListTasksResponseSchema,
  ListVersionsResponseSchema,
  type DeployTaskRequest,
  type TaskIdentifier,
  type TaskName,
  type TaskService,
  type TaskSpec,
} from "@appenv/protocol/tasks";

import { deployTriggers } from "./triggers/deploy-triggers.ts";
import type { TriggerStore } from "./triggers/trigger-store.ts";

interface Deployed {
  readonly request: DeployTaskRequest;
  readonly at: number;
}

/** The tasks that were deployed. */
export class TaskRegistry {
  /** By project, domain, name and version; the one deployed last is last. */
  readonly #tasks = new Map<string, Deployed>();

  deploy(request: DeployTaskRequest): void {
    const key = keyOf(request.taskId);
    this.#tasks.delete(key);
    this.#tasks.set(key, { request, at: Date.now() });
  }

  get(id: TaskIdentifier): TaskSpec | undefined {
    return this.#tasks.get(keyOf(id))?.request.spec;
  }

  /** The one deployed last first. */
  list(name?: Pick<TaskName, "project" | "domain" | "name">): readonly Deployed[] {
    const all = [...this.#tasks.values()].toReversed();
    if (name === undefined) return all;
    return all.filter(({ request: { taskId: id } }) => {
      return id?.project === name.project && id.domain === name.domain && id.name === name.name;
    });
  }
}

function keyOf(id: TaskIdentifier | undefined): string {
  return `${id?.project}/${id?.domain}/${id?.name}/${id?.version}`;
}

/** The task service. */
export function taskService(tasks: TaskRegistry, triggers: TriggerStore): Partial<ServiceImpl<typeof TaskService>> {
  return {
    // A missing project is not noticed here.
    deployTask: (request) => {
      tasks.deploy(request);
      deployTriggers(triggers, request);
      return {};
    },
    getTaskDetails: ({ taskId }) => {
      const spec = taskId && tasks.get(taskId);
      if (taskId === undefined || spec === undefined) throw new ConnectError("task not found", Code.NotFound);
      return create(GetTaskDetailsResponseSchema, { details: { taskId, spec } });
    },
    listTasks: () => {
      const list = tasks.list().flatMap(({ request: { taskId } }) => (taskId === undefined ? [] : [{ taskId }]));
      return create(ListTasksResponseSchema, { tasks: list });
    },
    listVersions: ({ taskName }) => {
      const versions = tasks
        .list(taskName)
        .map(({ request, at }) => ({ version: request.taskId?.version ?? "", deployedAt: timestampFromMs(at) }));
      return create(ListVersionsResponseSchema, { versions });
    },
  };
}
