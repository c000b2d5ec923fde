import type { AsyncLocalStorage } from "node:async_hooks";
import type { OpenSpan } from "../tracing/open-span.ts";
import type { TraceHeaders } from "../tracing/trace-headers.ts";

/** The sender of a request, or the one who opened a socket. */
export interface Identity {
  /** The kind of its credential: an API key, a token of the platform (another app or a task, or somebody on this machine), or a JWT of the app's issuer. */
  readonly kind: "api-key" | "platform" | "jwt";
  /** The JWT's subject; `app:NAME` or `task-environment:NAME` of a caller on the platform; `api-key:` and the start of the key's hash. */
  readonly subject: string;
  /** The claims of the JWT; empty for an API key. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The caller's credentials, which calls of the control plane carry in an app with `auth.passThrough`. */
export interface CallerCredentials {
  /** The header `Authorization` as it came; undefined: the caller sent none, and so calls carry none. */
  readonly authorization: string | undefined;
}

/** Facts about the request, or the socket, that the running code answers. */
export interface RequestContext {
  /** Its trace context as it came, if it has one. */
  readonly trace: TraceHeaders | undefined;
  /** Its sender; undefined if no credential was required. */
  readonly identity: Identity | undefined;
  /** Its span, if an SDK of OpenTelemetry is registered. */
  readonly span?: OpenSpan;
  /** Credentials for calls of the control plane. Default: the app's own. */
  readonly caller?: CallerCredentials;
}

/** Kept on the global object, so that all copies of this package see the same context. */
const place: unique symbol = Symbol.for("appenv.request-context") as never;

interface Place {
  [place]?: AsyncLocalStorage<RequestContext>;
}

/**
 * The sender of the request, or the one who opened the socket, that the running code answers. Undefined where
 * nobody had to prove anything: in an app with `requiresAuth: false`, and outside of requests.
 *
 * @example
 * env.app.get("/me", async () => ({ who: identity()?.subject }));
 */
export function identity(): Identity | undefined {
  return requestContext()?.identity;
}

/**
 * Runs a function whose calls of the control plane carry the app's own credentials, although its environment has
 * `auth.passThrough` and a request is being answered.
 *
 * @example
 * const history = await withOwnCredentials(() => Run.list({ limit: 10 }));
 */
export function withOwnCredentials<T>(act: () => T): T {
  const context = requestContext();
  if (context?.caller === undefined) return act();
  const { identity: who, trace } = context;
  return runInRequest({ identity: who, trace }, act);
}

/** The credentials that calls of the control plane carry instead of the process's own; undefined: its own. For the client. */
export function callerCredentials(): CallerCredentials | undefined {
  return requestContext()?.caller;
}

/** The context of the request that the running code answers; undefined outside of requests, and for one without facts. */
export function requestContext(): RequestContext | undefined {
  return (globalThis as Place)[place]?.getStore();
}

/** Runs a function, and all that it starts, in a context. For the runtime. */
export function runInRequest<T>(context: RequestContext, run: () => T): T {
  const { span } = context;
  return span === undefined ? storage().run(context, run) : storage().run(context, () => span.run(run));
}

/** Made when it is first needed: importing an adapter must not pay for it. */
function storage(): AsyncLocalStorage<RequestContext> {
  const { AsyncLocalStorage } = process.getBuiltinModule("node:async_hooks");
  return ((globalThis as Place)[place] ??= new AsyncLocalStorage());
}
