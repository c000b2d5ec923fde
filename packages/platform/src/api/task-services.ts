import {
  ActionsService,
  ConditionService,
  DataProxyService,
  BackfillService,
  EventService,
  FiringService,
  ExplainService,
  GraphService,
  IdentityService,
  ImageService,
  NotificationService,
  ProjectService,
  QueueService,
  RerunService,
  RunControlService,
  RunService,
  RunStreamService,
  StreamService,
  TaskDeploymentService,
  TaskService,
  TranslatorService,
  TriggerService,
} from "@appenv/protocol/tasks";
import type { Backfills } from "@appenv/engine";
import type { ImageStore } from "../tasks/images/image-store.ts";
import type { RunFiles } from "../tasks/containers/run-files.ts";
import type { Routes } from "./rpc/listener.ts";
import { triggerService } from "./trigger/service.ts";
import { actionsService } from "./actions/service.ts";
import type { ConditionLinks } from "./answer/condition-links.ts";
import { conditionService } from "./condition/service.ts";
import { backfillService } from "./backfill/service.ts";
import { eventService } from "./event/service.ts";
import { firingService } from "./firing/service.ts";
import { explainService } from "./explain/service.ts";
import { queueService } from "./queue/service.ts";
import { rerunService } from "./rerun/service.ts";
import { dataService, type DataServiceContext } from "./data-proxy/service.ts";
import { taskDeploymentService } from "./task-deployment/service.ts";
import { imageService } from "./image/service.ts";
import type { GraphContext } from "./graph/read-graph.ts";
import { graphService } from "./graph/service.ts";
import { notificationService } from "./notification/service.ts";
import { identityService } from "./identity/service.ts";
import { projectService, type ProjectSources } from "./project/service.ts";
import { runService } from "./run/service.ts";
import { runControlService } from "./run-control/service.ts";
import { runStreamService } from "./run-stream/service.ts";
import type { ReadTokens } from "./stream/read-tokens.ts";
import { streamService } from "./stream/service.ts";
import { taskService, type TaskServiceContext } from "./task/service.ts";
import { translatorService } from "./translator/service.ts";

/** Dependencies of the services of tasks. */
export interface TaskServicesContext extends DataServiceContext, TaskServiceContext {
  readonly backfills: Backfills;
  readonly projects: ProjectSources;
  readonly files: RunFiles;
  readonly images: ImageStore;
  readonly readTokens: ReadTokens;
  readonly links: ConditionLinks;
  readonly graph: GraphContext;
}

/** The services of tasks and runs. */
export function taskServices(context: TaskServicesContext): Routes {
  const { reader, creating, registry, triggers } = context;
  return (router) => {
    router.service(TaskService, taskService(context));
    router.service(TaskDeploymentService, taskDeploymentService(context));
    router.service(RunService, runService(reader, creating));
    router.service(RunControlService, runControlService(reader, creating));
    router.service(RunStreamService, runStreamService(reader, creating));
    router.service(StreamService, streamService(reader, context.readTokens));
    router.service(DataProxyService, dataService(context));
    router.service(ActionsService, actionsService({ reader, files: context.files }));
    router.service(ImageService, imageService(context.images));
    router.service(ConditionService, conditionService(reader, context.links));
    router.service(ExplainService, explainService(reader));
    router.service(QueueService, queueService(reader.engine.queues));
    router.service(NotificationService, notificationService(reader));
    router.service(RerunService, rerunService(reader, creating));
    router.service(TriggerService, triggerService(triggers, registry, creating.readInputs));
    router.service(GraphService, graphService(context.graph));
    router.service(BackfillService, backfillService(context.backfills));
    router.service(EventService, eventService(reader.engine));
    router.service(FiringService, firingService(triggers, reader.engine));
    router.service(ProjectService, projectService(context.projects));
    router.service(IdentityService, identityService);
    router.service(TranslatorService, translatorService);
  };
}
