import {
  ActionsService,
  CacheService,
  ConditionService,
  DataProxyService,
  BackfillService,
  EventService,
  FiringService,
  ExplainService,
  QueueService,
  NotificationService,
  RerunService,
  RunControlService,
  RunService,
  StreamService,
  TaskDeploymentService,
  TaskService,
  TriggerService,
} from "@appenv/protocol/tasks";
import { createClient, type Client, type Transport } from "@connectrpc/connect";
import type { ControlPlane } from "../control-plane/control-plane.ts";

/** The services of tasks. A `ControlPlane` has them not, so that serving apps does not load their messages. */
export interface TaskApi {
  readonly runs: Client<typeof RunService>;
  readonly tasks: Client<typeof TaskService>;
  /** Of AppEnv's own platform. */
  readonly deployments: Client<typeof TaskDeploymentService>;
  readonly triggers: Client<typeof TriggerService>;
  /** Of AppEnv's own platform. */
  readonly backfills: Client<typeof BackfillService>;
  /** Of AppEnv's own platform. */
  readonly events: Client<typeof EventService>;
  /** Of AppEnv's own platform. */
  readonly firings: Client<typeof FiringService>;
  readonly actions: Client<typeof ActionsService>;
  readonly conditions: Client<typeof ConditionService>;
  /** Of AppEnv's own platform. */
  readonly queues: Client<typeof QueueService>;
  readonly control: Client<typeof RunControlService>;
  readonly reruns: Client<typeof RerunService>;
  readonly notifications: Client<typeof NotificationService>;
  readonly explanations: Client<typeof ExplainService>;
  readonly data: Client<typeof DataProxyService>;
  readonly streams: Client<typeof StreamService>;
  /** Of Flyte's backend. */
  readonly cache: Client<typeof CacheService>;
}

const apis = new WeakMap<Transport, TaskApi>();

/** The services of tasks of a control plane. */
export function taskApi({ transport }: ControlPlane): TaskApi {
  const api = apis.get(transport) ?? createApi(transport);
  apis.set(transport, api);
  return api;
}

function createApi(transport: Transport): TaskApi {
  return {
    runs: createClient(RunService, transport),
    tasks: createClient(TaskService, transport),
    deployments: createClient(TaskDeploymentService, transport),
    triggers: createClient(TriggerService, transport),
    backfills: createClient(BackfillService, transport),
    events: createClient(EventService, transport),
    firings: createClient(FiringService, transport),
    actions: createClient(ActionsService, transport),
    conditions: createClient(ConditionService, transport),
    queues: createClient(QueueService, transport),
    control: createClient(RunControlService, transport),
    reruns: createClient(RerunService, transport),
    notifications: createClient(NotificationService, transport),
    explanations: createClient(ExplainService, transport),
    data: createClient(DataProxyService, transport),
    streams: createClient(StreamService, transport),
    cache: createClient(CacheService, transport),
  };
}
