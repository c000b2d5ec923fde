import type { Interceptor } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import type { CreateRunRequest, EnqueueRequest } from "@appenv/protocol/tasks";
import { actionSubject } from "../../tasks/containers/action-subject.ts";
import { inputsOwner } from "../data-proxy/data-uris.ts";
import { placesOf } from "./places-of.ts";
import { principalKey, type AppPrincipal, type Principal } from "./principal.ts";

/**
 * The condition under which an app may send a message to a method. `open`: none, also for callers without a credential.
 * `any`: none for apps. `place`: it names the app's own project and domain, and no other. `self`: it names the app itself.
 * `deployed`: as `place`, and the message carries no task. `below`: as `place`, and it is for a child of the sender's own action.
 * `state`: as `place`; the handler makes sure that nothing but
 * the desired state changes.
 */
type Need = "open" | "any" | "place" | "self" | "deployed" | "below" | "state";

/**
 * All that the token of an app may do. Everything else only the platform's owner may: API keys, secrets, projects, to
 * deploy, change or delete an app, a task or a trigger, and to share out traffic.
 */
export const appsMay: Readonly<Record<string, Readonly<Record<string, Need>>>> = {
  "flyteidl2.app.AppService": { Get: "place", List: "place", Watch: "place", Update: "state" },
  "flyteidl2.app.AppLogsService": { TailLogs: "self" },
  "appenv.v1.RevisionService": { ListRevisions: "place" },
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
  "flyteidl2.actions.ActionsService": { Enqueue: "below", WatchForUpdates: "place", Abort: "place", Signal: "place" },
  "flyteidl2.dataproxy.DataProxyService": {
    ...all("place", ["CreateUploadLocation", "UploadInputs", "CreateDownloadLink", "GetActionData", "TailLogs"]),
  },
  "flyteidl2.trigger.TriggerService": {
    ...all("place", ["GetTriggerDetails", "GetTriggerRevisionDetails", "GetTriggerRevisionHistory", "ListTriggers"]),
    UpdateTriggers: "place",
  },
  "flyteidl2.workflow.TranslatorService": {
    ...all("any", ["LiteralsToLaunchFormJson", "LaunchFormJsonToLiterals"]),
    ...all("any", ["TaskSpecToLaunchFormJson", "JsonValuesToLiterals"]),
  },
};

function all(need: Need, methods: readonly string[]): Readonly<Record<string, Need>> {
  return Object.fromEntries(methods.map((method) => [method, need]));
}

/** Lets a call of an app pass only if its app may make it. @throws AppEnvError PERMISSION_DENIED. */
export const checkAuthority: Interceptor = (next) => (request) => {
  const principal = request.contextValues.get(principalKey);
  if (principal?.kind === "owner") return next(request);
  const method = `${request.service.typeName}/${request.method.name}`;
  const need = Object.hasOwn(appsMay, request.service.typeName)
    ? appsMay[request.service.typeName]?.[request.method.name]
    : undefined;
  if (need === "open") return next(request);
  if (principal === undefined) throw unknown(method);
  if (need === undefined) throw denied(principal.subject, method, "is for whoever runs the platform");
  if (!request.stream) {
    checkMessage(principal, method, need, request.message);
    return next(request);
  }
  return next({
    ...request,
    message: checked(request.message, (message) => checkMessage(principal, method, need, message)),
  });
};

async function* checked<T>(messages: AsyncIterable<T>, check: (message: T) => void): AsyncIterable<T> {
  for await (const message of messages) {
    check(message);
    yield message;
  }
}

function checkMessage(principal: AppPrincipal, method: string, need: Need, message: object): void {
  if (need === "any" || need === "open") return;
  const { subject, project, domain } = principal;
  const places = placesOf(message);
  const isOwn = places.length > 0 && places.every((place) => place.project === project && place.domain === domain);
  if (!isOwn) throw denied(subject, method, `is for ${project}/${domain} alone, which the call must name`);
  if (need === "self" && !places.every(({ name }) => `app:${name}` === subject)) {
    throw denied(subject, method, "is for the app itself alone");
  }
  if (need === "deployed") checkRun(principal, method, message);
  if (need === "below" && !isBelow(subject, message))
    throw denied(subject, method, "makes children of its own action alone");
}

/** Answers true for a child of the action whose program has the token. */
function isBelow(subject: string, message: object): boolean {
  const { action } = message as EnqueueRequest;
  const run = action?.actionId?.run?.name ?? "";
  return subject === actionSubject({ run, action: action?.parentActionName ?? "" });
}

/** A task that comes with the call could ask for any secret, and inputs may be those of any run. */
function checkRun({ subject, project, domain }: AppPrincipal, method: string, message: object): void {
  const { task, inputWrapper } = message as Pick<CreateRunRequest, "task" | "inputWrapper">;
  if (task.case === "taskSpec")
    throw denied(subject, method, "runs what is deployed, and no task that comes with the call");
  const from = inputWrapper.case === "offloadedInputData" ? inputsOwner(inputWrapper.value.uri) : undefined;
  if (from === undefined || (from.project === project && from.domain === domain)) return;
  throw denied(subject, method, `takes inputs of ${project}/${domain} alone`);
}

/** Lets the request for a run inside another message pass only if its sender may make it. @throws AppEnvError PERMISSION_DENIED. */
export function mayRun(principal: Principal | undefined, request: object): void {
  checkInner(principal, "flyteidl2.workflow.RunService/CreateRun", "deployed", request);
}

/** Lets the request to follow a run inside another message pass only if its sender may make it. @throws AppEnvError PERMISSION_DENIED. */
export function mayFollow(principal: Principal | undefined, request: object): void {
  checkInner(principal, "flyteidl2.workflow.RunService/WatchRunDetails", "place", request);
}

function checkInner(principal: Principal | undefined, method: string, need: Need, message: object): void {
  if (principal?.kind === "owner") return;
  if (principal === undefined) throw unknown(method);
  checkMessage(principal, method, need, message);
}

function unknown(method: string): AppEnvError {
  return denied("somebody unknown", method, "is let in nowhere");
}

/** An error that names the action that a token does not allow. */
export function denied(subject: string, method: string, why: string): AppEnvError {
  return new AppEnvError("PERMISSION_DENIED", `The token of ${subject} may not call ${method}: it ${why}.`);
}
