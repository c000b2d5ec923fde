import type { OpenSpan, SpanAttributes, SpanStart } from "./open-span.ts";
import type { TraceHeaders } from "./trace-headers.ts";

// The spans of AppEnv: their names, kinds and attributes. `http.*`, `url.*`, `server.*` and `error.type` are those of
// OpenTelemetry's semantic conventions, `appenv.*` our own.

/** An action, as its spans name it. */
export interface TracedAction {
  readonly project: string;
  readonly domain: string;
  readonly run: string;
  readonly action: string;
  /** `environment.task`. */
  readonly task: string;
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"]);

/** The name of the time in which a process was started for what has to wait for it. */
const coldStart = "cold start";

/** Of a request that an app answers. @param startedAt - Milliseconds since 1970. Default: now. */
export function requestSpan(
  app: string,
  request: {
    readonly method?: string | undefined;
    readonly url?: string | undefined;
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  },
  startedAt?: number,
): SpanStart {
  const { method = "GET", url = "/", headers } = request;
  return {
    name: nameOf(method),
    kind: "server",
    above: headers,
    attributes: {
      ...methodOf(method),
      // The query is left out: it may hold secrets.
      "url.path": url.split("?", 1)[0],
      "url.scheme": "http",
      ...serverOf(`http://${String(headers["host"])}`),
      "appenv.app": app,
    },
    ...(startedAt === undefined ? {} : { startedAt }),
  };
}

/** Of the time for which a request waited because its app had no replica. Below the span of the request, which begins with it. */
export function coldRequestSpan(app: string, startedAt: number): SpanStart {
  return { name: coldStart, kind: "internal", attributes: { "appenv.app": app }, startedAt };
}

/** Names the span of a request after the route that took it. */
export function nameRoute(span: Pick<OpenSpan, "rename" | "set">, method: string | undefined, route: string): void {
  span.rename(`${nameOf(method ?? "GET")} ${route}`);
  span.set({ "http.route": route });
}

/** Of a call of an app, one for each try. @param tries - From 1. */
export function callSpan(app: string, method: string, target: string, tries: number): SpanStart {
  const { origin, pathname } = new URL(target);
  return {
    name: nameOf(method),
    kind: "client",
    attributes: {
      ...methodOf(method),
      "url.full": `${origin}${pathname}`,
      ...serverOf(origin),
      "http.request.resend_count": tries === 1 ? undefined : tries - 1,
      "appenv.app": app,
    },
  };
}

/** The status that a request was answered with. */
export function statusAttributes(status: number): SpanAttributes {
  return { "http.response.status_code": status };
}

/** Of the start of a run, from the request to its acceptance. All of the run is below it. */
export function runSpan(task: { readonly project: string; readonly domain: string; readonly name: string }): SpanStart {
  const { project, domain, name } = task;
  return {
    name: `run ${name}`,
    kind: "producer",
    attributes: { "appenv.task": name, ...placeOf({ project, domain }) },
  };
}

/** The name of a run, which is known once it is accepted. */
export function runAttributes(run: string): SpanAttributes {
  return { "appenv.run": run };
}

/** Of a run that nobody with an SDK has started, such as one of a trigger: the time in its queue. All of the run is below it. */
export function waitSpan(action: TracedAction, queuedAt: number | undefined): SpanStart {
  return {
    name: `run ${action.task}`,
    kind: "producer",
    above: "none",
    attributes: actionOf(action),
    ...(queuedAt === undefined ? {} : { startedAt: queuedAt }),
  };
}

/** Of an action, as the task that calls another one sees it: with its time in the queue and all attempts. */
export function actionSpan(action: TracedAction): SpanStart {
  return { name: `action ${action.task}`, kind: "producer", attributes: actionOf(action) };
}

/** Of one attempt of an action. */
export function attemptSpan(action: TracedAction, attempt: number, above: TraceHeaders | undefined): SpanStart {
  return {
    name: `attempt ${action.task}`,
    kind: "consumer",
    above: above ?? "none",
    attributes: { ...actionOf(action), "appenv.attempt": attempt },
  };
}

/** Of the time of an attempt in the queue, until it begins. */
export function queueSpan(
  action: TracedAction,
  attempt: number,
  { above, startedAt }: { readonly above: TraceHeaders | undefined; readonly startedAt: number },
): SpanStart {
  return {
    name: `queue ${action.task}`,
    kind: "internal",
    above: above ?? "none",
    attributes: { ...actionOf(action), "appenv.attempt": attempt },
    startedAt,
  };
}

/** Of the time in the queue in which the worker of an attempt was started. */
export function coldAttemptSpan(action: TracedAction, startedAt: number): SpanStart {
  return { name: coldStart, kind: "internal", attributes: actionOf(action), startedAt };
}

/** The phase in which an action or an attempt ended. */
export function phaseAttributes(name: string): SpanAttributes {
  return { "appenv.phase": name };
}

/** Of a step of a task: a traced function that is computed, a sleep, a condition or an event that it waits for. */
export function stepSpan(kind: "trace" | "sleep" | "condition" | "event", name: string, action: string): SpanStart {
  return {
    name: kind === "trace" || kind === "sleep" ? name : `${kind} ${name}`,
    kind: "internal",
    attributes: { "appenv.kind": kind, "appenv.action": action },
  };
}

function actionOf({ project, domain, run, action, task }: TracedAction): SpanAttributes {
  return { "appenv.task": task, ...placeOf({ project, domain }), "appenv.run": run, "appenv.action": action };
}

function placeOf({ project, domain }: Pick<TracedAction, "project" | "domain">): SpanAttributes {
  return { "appenv.project": project, "appenv.domain": domain };
}

function serverOf(origin: string): SpanAttributes {
  if (!URL.canParse(origin)) return {};
  const { hostname, port } = new URL(origin);
  return { "server.address": hostname, "server.port": port === "" ? undefined : Number(port) };
}

/** A method that nobody knows would make a name of its own of whatever a client sends. */
function nameOf(method: string): string {
  return methods.has(method) ? method : "HTTP";
}

function methodOf(method: string): SpanAttributes {
  return methods.has(method)
    ? { "http.request.method": method }
    : { "http.request.method": "_OTHER", "http.request.method_original": method };
}
