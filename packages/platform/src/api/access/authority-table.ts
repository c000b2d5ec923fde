/**
 * The condition under which an app may send a message to a method. `open`: none, also for callers without a credential.
 * `any`: none for apps. `place`: it names the app's own project and domain, and no other. `self`: it names the app itself.
 * `deployed`: as `place`, and the message carries no task. `below`: as `place`, and it is for a child of the sender's own action.
 * `state`: as `place`; the handler makes sure that nothing but
 * the desired state changes.
 */
export type Need = "open" | "any" | "place" | "self" | "deployed" | "below" | "state";

/**
 * All that the token of an app may do. Everything else only the platform's owner may: API keys, secrets, projects, to
 * deploy, change or delete an app, a task or a trigger, and to share out traffic.
 */
export const appsMay: Readonly<Record<string, Readonly<Record<string, Need>>>> = {
  "flyteidl2.app.AppService": { Get: "place", List: "place", Watch: "place", Update: "state" },
  "flyteidl2.app.AppLogsService": { TailLogs: "self" },
  "appenv.v1.RevisionService": { ListRevisions: "place" },
  "appenv.v1.AppLogService": { ReadLog: "self" },
  "appenv.v1.ReplicaService": { ListReplicas: "place", WatchReplicas: "place" },
  "appenv.v1.MetricsService": { GetMetrics: "place", WatchMetrics: "place", ListMetrics: "place" },
  "flyteidl2.auth.AuthMetadataService": { GetOAuth2Metadata: "open", GetPublicClientConfig: "open" },
  "flyteidl2.auth.IdentityService": { UserInfo: "any" },
  "flyteidl2.cluster.ClusterService": { SelectCluster: "any" },
  "flyteidl2.task.TaskService": { GetTaskDetails: "place", ListTasks: "place", ListVersions: "place" },
  "flyteidl2.workflow.RunService": {
    CreateRun: "deployed",
    ...all("place", ["AbortRun", "AbortAction", "SignalEvent", "ListRuns", "ListActions", "GetRunDetails"]),
    ...all("place", ["GetActionDetails", "GetActionData", "GetActionDataURIs", "GetActionLogContext"]),
    ...all("place", ["WatchRunDetails", "WatchActionDetails", "WatchRuns", "WatchActions", "WatchGroups"]),
    WatchClusterEvents: "place",
  },
  // Its messages hold those of others: `mayRun` and `mayFollow` look at them.
  "appenv.v1.RunStreamService": { Exchange: "any" },
  "appenv.v1.RerunService": { RerunFrom: "any" },
  "appenv.v1.ExplainService": { ExplainActions: "place" },
  "appenv.v1.QueueService": { ListQueues: "place", WatchQueues: "place", GetQueue: "place" },
  "appenv.v1.StreamService": all("place", ["ListStreams", "ReadStream", "WatchProgress", "CreateReadToken"]),
  "appenv.v1.NotificationService": { ListNotifications: "place" },
  // Of a batch, `mayRun` looks at the request inside. To change or delete runs by the thousand is for people.
  "appenv.v1.RunControlService": all("place", ["SearchRuns", "CountRuns", "StartRuns"]),
  "flyteidl2.actions.ActionsService": { Enqueue: "below", WatchForUpdates: "place", Abort: "place", Signal: "place" },
  "flyteidl2.dataproxy.DataProxyService": {
    ...all("place", ["CreateUploadLocation", "UploadInputs", "CreateDownloadLink", "GetActionData", "TailLogs"]),
  },
  "flyteidl2.trigger.TriggerService": {
    ...all("place", ["GetTriggerDetails", "GetTriggerRevisionDetails", "GetTriggerRevisionHistory", "ListTriggers"]),
    UpdateTriggers: "place",
  },
  "appenv.v1.BackfillService": { ListBackfills: "place", WatchBackfill: "place" },
  "appenv.v1.ConditionService": { SignalCondition: "place", GetCondition: "place" },
  "appenv.v1.EventService": { SendEvent: "place", ListEvents: "place" },
  "appenv.v1.FiringService": { ListFirings: "place" },
  "flyteidl2.workflow.TranslatorService": {
    ...all("any", ["LiteralsToLaunchFormJson", "LaunchFormJsonToLiterals"]),
    ...all("any", ["TaskSpecToLaunchFormJson", "JsonValuesToLiterals"]),
  },
};

/**
 * The effect of a method, which says who may call it with an API key. `read`: it shows something, also to viewers. `guarded`:
 * it is for admins, and leaves no line in the log. `change`: it changes something, and is for admins; it is written to the log.
 */
export type Effect = "read" | "guarded" | "change";

/** All methods, by service. One that is not here counts as a change. */
export const effects: Readonly<Record<string, Readonly<Record<string, Effect>>>> = {
  "flyteidl2.app.AppService": {
    ...all("read", ["Get", "List", "Watch"]),
    ...all("change", ["Create", "Update", "UpdateStatus", "Delete", "Lease"]),
  },
  "flyteidl2.app.AppLogsService": { TailLogs: "read" },
  "appenv.v1.ApiKeyService": { CreateApiKey: "change", ListApiKeys: "guarded", RevokeApiKey: "change" },
  "appenv.v1.RevisionService": { ListRevisions: "read", SetTraffic: "change" },
  "appenv.v1.AppLogService": { ReadLog: "read" },
  "appenv.v1.AppRequestService": {
    ...all("guarded", ["GetDocuments", "SendToSocket", "CloseSocket"]),
    ...all("change", ["SendRequest", "OpenSocket"]),
  },
  "appenv.v1.ReplicaService": all("read", ["ListReplicas", "WatchReplicas"]),
  "appenv.v1.MetricsService": all("read", ["GetMetrics", "WatchMetrics", "ListMetrics"]),
  "flyteidl2.auth.AuthMetadataService": all("read", ["GetOAuth2Metadata", "GetPublicClientConfig"]),
  "flyteidl2.auth.IdentityService": { UserInfo: "read" },
  "flyteidl2.cluster.ClusterService": { SelectCluster: "read" },
  "flyteidl2.secret.SecretService": {
    ...all("guarded", ["GetSecret", "ListSecrets"]),
    ...all("change", ["CreateSecret", "UpdateSecret", "DeleteSecret"]),
  },
  "flyteidl2.project.ProjectService": {
    ...all("read", ["GetProject", "ListProjects"]),
    ...all("change", ["CreateProject", "UpdateProject"]),
  },
  "flyteidl2.task.TaskService": {
    ...all("read", ["GetTaskDetails", "ListTasks", "ListVersions"]),
    DeployTask: "change",
  },
  "appenv.v1.TaskDeploymentService": { DeployTasks: "change" },
  "flyteidl2.workflow.RunService": {
    ...all("read", ["GetRunDetails", "WatchRunDetails", "GetActionDetails", "WatchActionDetails", "GetActionData"]),
    ...all("read", ["ListRuns", "WatchRuns", "ListActions", "WatchActions", "WatchGroups", "WatchClusterEvents"]),
    ...all("read", ["GetActionDataURIs", "GetActionLogContext"]),
    ...all("change", ["CreateRun", "AbortRun", "AbortAction", "SignalEvent"]),
  },
  // Runs are followed with it, and started: `mayRun` looks at those.
  "appenv.v1.RunStreamService": { Exchange: "read" },
  // The handler writes to the log what is asked for inside.
  "appenv.v1.RerunService": { RerunFrom: "guarded" },
  "appenv.v1.ExplainService": { ExplainActions: "read" },
  "appenv.v1.QueueService": {
    ...all("read", ["ListQueues", "WatchQueues", "GetQueue"]),
    ...all("change", ["PauseQueue", "ResumeQueue"]),
  },
  "appenv.v1.ConditionService": { SignalCondition: "change", GetCondition: "guarded" },
  "appenv.v1.StreamService": {
    ...all("read", ["ListStreams", "ReadStream", "WatchProgress"]),
    CreateReadToken: "change",
  },
  "appenv.v1.WebhookService": {
    ...all("read", ["ListDeliveries", "WatchDeliveries", "GetDelivery"]),
    ReplayDelivery: "change",
  },
  "appenv.v1.NotificationService": { ListNotifications: "read" },
  "appenv.v1.GraphService": all("read", ["GetGraph", "WatchGraph"]),
  "appenv.v1.RunControlService": {
    ...all("read", ["SearchRuns", "CountRuns"]),
    ...all("change", ["DeleteRun", "ChangeRuns", "StartRuns"]),
  },
  "flyteidl2.actions.ActionsService": {
    WatchForUpdates: "read",
    ...all("change", ["Enqueue", "Update", "Abort", "Signal"]),
  },
  "flyteidl2.cacheservice.v2.CacheService": {
    Get: "read",
    ...all("change", ["Put", "Delete", "GetOrExtendReservation", "ReleaseReservation"]),
  },
  "flyteidl2.dataproxy.DataProxyService": {
    ...all("read", ["CreateDownloadLink", "GetActionData", "TailLogs"]),
    ...all("change", ["CreateUploadLocation", "UploadInputs"]),
  },
  "flyteidl2.imagebuilder.ImageService": { GetImage: "read" },
  "flyteidl2.trigger.TriggerService": {
    ...all("read", ["GetTriggerDetails", "GetTriggerRevisionDetails", "GetTriggerRevisionHistory", "ListTriggers"]),
    ...all("change", ["DeployTrigger", "UpdateTriggers", "DeleteTriggers"]),
  },
  "appenv.v1.BackfillService": {
    ...all("read", ["ListBackfills", "WatchBackfill"]),
    ...all("change", ["StartBackfill", "AbortBackfill"]),
  },
  "appenv.v1.EventService": { SendEvent: "change", ListEvents: "read" },
  "appenv.v1.FiringService": { ListFirings: "read" },
  "flyteidl2.workflow.TranslatorService": {
    ...all("read", ["LiteralsToLaunchFormJson", "LaunchFormJsonToLiterals"]),
    ...all("read", ["TaskSpecToLaunchFormJson", "JsonValuesToLiterals"]),
  },
};

/** The effect of a method. */
export function effectOf(service: string, method: string): Effect {
  const methods = Object.hasOwn(effects, service) ? effects[service] : undefined;
  return methods !== undefined && Object.hasOwn(methods, method) ? (methods[method] ?? "change") : "change";
}

function all<T>(need: T, methods: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(methods.map((method) => [method, need]));
}
