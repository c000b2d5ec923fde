import type { RequestListener } from "node:http";
import {
  ActionsService,
  ConditionService,
  DataProxyService,
  IdentityService,
  ProjectService,
  RunService,
  RunStreamService,
  TaskDeploymentService,
  TaskService,
  TranslatorService,
  TriggerService,
} from "@appenv/protocol/tasks";
import { rpcListener } from "./listener.ts";
import { triggerService } from "../trigger/service.ts";
import { actionsService } from "../actions/service.ts";
import { conditionService } from "../condition/service.ts";
import { dataService, type DataServiceContext } from "../data-proxy/service.ts";
import { taskDeploymentService } from "../task-deployment/service.ts";
import { identityService } from "../identity/service.ts";
import { projectService, type ProjectSources } from "../project/service.ts";
import { runService } from "../run/service.ts";
import { runStreamService } from "../run-stream/service.ts";
import { taskService, type TaskServiceContext } from "../task/service.ts";
import { translatorService } from "../translator/service.ts";

/** What the services of tasks work with. */
export interface TasksRpcContext extends DataServiceContext, TaskServiceContext {
  readonly projects: ProjectSources;
}

/** The largest message a client may send, in bytes: inputs may be as large as a task allows. */
const readMaxBytes = 128 * 1024 * 1024;

/** The services of tasks, over Connect, gRPC and gRPC-Web; what is none of them goes to `fallback`. */
export function createTasksRpc(
  context: TasksRpcContext,
  fallback: RequestListener,
  shutdownSignal: AbortSignal,
): RequestListener {
  const { reader, creating, registry, triggers } = context;
  return rpcListener({
    readMaxBytes,
    shutdownSignal,
    fallback,
    routes: (router) => {
      router.service(TaskService, taskService(context));
      router.service(TaskDeploymentService, taskDeploymentService(context));
      router.service(RunService, runService(reader, creating));
      router.service(RunStreamService, runStreamService(reader, creating));
      router.service(DataProxyService, dataService(context));
      router.service(ActionsService, actionsService(reader));
      router.service(ConditionService, conditionService(reader));
      router.service(TriggerService, triggerService(triggers, registry, creating.readInputs));
      router.service(ProjectService, projectService(context.projects));
      router.service(IdentityService, identityService);
      router.service(TranslatorService, translatorService);
    },
  });
}
