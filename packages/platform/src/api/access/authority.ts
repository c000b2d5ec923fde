import type { Interceptor } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import type { CreateRunRequest, EnqueueRequest } from "@appenv/protocol/tasks";
import { actionSubject } from "../../tasks/containers/action-subject.ts";
import { inputsOwner } from "../data-proxy/data-uris.ts";
import { appsMay, effectOf, type Need } from "./authority-table.ts";
import { namesSecrets } from "./names-secrets.ts";
import { auditKey, type Change } from "./audit.ts";
import { placesOf } from "./places-of.ts";
import { principalKey, subjectOf, type AppPrincipal, type Principal, type Viewer } from "./principal.ts";

/** Lets a call pass only if its sender may make it, and records the changes of people. @throws AppEnvError PERMISSION_DENIED. */
export const checkAuthority: Interceptor = (next) => (request) => {
  const principal = request.contextValues.get(principalKey);
  const method = `${request.service.typeName}/${request.method.name}`;
  const effect = effectOf(request.service.typeName, request.method.name);
  if (principal?.kind === "owner") {
    if (effect !== "change") return next(request);
    return recorded(request, { principal, method }, next);
  }
  const need = Object.hasOwn(appsMay, request.service.typeName)
    ? appsMay[request.service.typeName]?.[request.method.name]
    : undefined;
  if (need === "open") return next(request);
  if (principal === undefined) throw unknown(method);
  if (principal.kind === "viewer") {
    if (effect !== "read") throw forAdmins(principal, method);
    return next(request);
  }
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

/** Makes a call that changes something, and writes down which things its message names. */
async function recorded(
  request: Parameters<ReturnType<Interceptor>>[0],
  change: Omit<Change, "message">,
  next: Parameters<Interceptor>[0],
): ReturnType<ReturnType<Interceptor>> {
  const audit = request.contextValues.get(auditKey);
  if (!request.stream) return audit.record({ ...change, message: request.message }, () => next(request));
  if (request.method.methodKind !== "server_streaming") return audit.record(change, () => next(request));
  // Its one message is there already.
  const messages: object[] = [];
  for await (const message of request.message) messages.push(message);
  const again = { ...request, message: those(messages) } as typeof request;
  return audit.record({ ...change, message: messages }, () => next(again));
}

async function* those<T>(messages: readonly T[]): AsyncGenerator<T> {
  yield* messages;
}

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
  const { task, inputWrapper, runSpec } = message as Pick<CreateRunRequest, "task" | "inputWrapper" | "runSpec">;
  if (task.case === "taskSpec")
    throw denied(subject, method, "runs what is deployed, and no task that comes with the call");
  if (namesSecrets(runSpec?.notificationSettings)) {
    throw denied(subject, method, "sends secrets only in notifications that are deployed with a task or a trigger");
  }
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
  if (principal.kind === "app") return checkMessage(principal, method, need, message);
  const [service = "", name = ""] = method.split("/");
  if (effectOf(service, name) !== "read") throw forAdmins(principal, method);
}

function forAdmins(viewer: Viewer, method: string): AppEnvError {
  const message = `${subjectOf(viewer)} may not call ${method}: a viewer reads, and neither secrets nor API keys.`;
  return new AppEnvError("PERMISSION_DENIED", message, { fix: "Use an admin's key." });
}

function unknown(method: string): AppEnvError {
  return denied("somebody unknown", method, "is let in nowhere");
}

/** An error that names the action that a token does not allow. */
export function denied(subject: string, method: string, why: string): AppEnvError {
  return new AppEnvError("PERMISSION_DENIED", `The token of ${subject} may not call ${method}: it ${why}.`);
}
