import type { IncomingMessage, RequestListener, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Backplane } from "./backplane.ts";

/** An OpenAPI 3.1 document, as plain JSON. */
export type OpenApiDocument = Readonly<Record<string, unknown>> & { readonly openapi: string };

/** An AsyncAPI 3 document, as plain JSON. */
export type AsyncApiDocument = Readonly<Record<string, unknown>> & { readonly asyncapi: string };

/** The surroundings of a host, given to it at its start. */
export interface HostContext {
  /** The environment's name. */
  readonly name: string;
  /** The port the app is reached at. The ingress listens; a host does not. */
  readonly port: number;
  /** Aborted when the replica begins to stop. */
  readonly signal: AbortSignal;
  /** Broadcast to the other replicas of the app. */
  readonly backplane: Backplane;
}

/** Plain listeners of node:http, called for every request and upgrade that reaches the host. */
export interface HostListeners {
  /** Answers a request. */
  readonly request: RequestListener;
  /** Takes over an upgraded connection. Without it an upgrade is answered 404. */
  readonly upgrade?: UpgradeListener;
}

/** node:http's listener for `upgrade`. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** The condition of something that an app can do without: part of the health answer, never a reason to be unhealthy. */
export interface HealthNote {
  readonly status: "healthy" | "degraded";
  /** For people. */
  readonly detail: string;
}

/** The contract between an adapter and the runtime. The whole adapter is this, plus typed sugar for its framework. */
export interface AppHost {
  /** The framework's name, for logs and the console. */
  readonly framework: string;
  /** Makes the app ready. Resolves once it can answer; rejects with the framework's own error as cause. */
  start(context: HostContext): Promise<HostListeners>;
  /**
   * Does what has to be done before the clients of open connections are told to go, for example keeps their sessions where other
   * replicas find them. Called once when the replica begins to stop, after `signal` is aborted; they wait for it for five seconds at
   * most, and for half of the time that the drain has.
   */
  beforeDrain?(): Promise<void>;
  /** Closes what the framework opened. Called once, after the drain. */
  close(): Promise<void>;
  /** True if the app has its own route here; then the ingress leaves the path to it. Called after `start`. */
  handles?(method: string, path: string): boolean;
  /**
   * The route that took a request or an upgrade, as the app writes its path (`/orders/:id`): for its span. Undefined: none did, or
   * the framework does not tell. Called only for requests that have a span, when the response has ended or the upgrade was passed on.
   */
  routeOf?(request: IncomingMessage): string | undefined;
  /** The OpenAPI 3.1 document of the routes, if the framework can tell. */
  openapi?(): Promise<OpenApiDocument>;
  /** The AsyncAPI 3 document of the sockets. */
  asyncapi?(): Promise<AsyncApiDocument>;
  /** Notes for the health answer, by name. */
  health?(): Readonly<Record<string, HealthNote>>;
}

/** Something mounted beside the framework on the same server: `env.mount(x)`. */
export interface HostExtension extends Partial<HostListeners> {
  /** Answers true if it takes the request or upgrade; asked in mounting order, before the framework. */
  matches(request: IncomingMessage): boolean;
  /**
   * True if it authenticates requests by itself, for example by a signature. Then its requests need no API key,
   * whatever `requiresAuth` says. Default false.
   */
  readonly authenticates?: boolean;
  /** Makes it ready, after the app itself. */
  start?(context: HostContext): Promise<void>;
  /** The route that took a request, as `AppHost.routeOf`. */
  routeOf?(request: IncomingMessage): string | undefined;
  /** Routes to add to the app's OpenAPI document. */
  openapi?(): Promise<OpenApiDocument>;
  /** Sockets to add to the app's AsyncAPI document. */
  asyncapi?(): Promise<AsyncApiDocument>;
  /** Notes for the health answer, by name. */
  health?(): Readonly<Record<string, HealthNote>>;
  /** Does what has to be done before clients are told to go. See `AppHost.beforeDrain`. */
  beforeDrain?(): Promise<void>;
  /** Closes what it opened. */
  close?(): Promise<void>;
}

/** The result of a `server` hook: a listener, an http.Server that does not listen, or both listeners. */
export type ServerResult = RequestListener | Server | HostListeners;
