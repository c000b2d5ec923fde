import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import {
  type AsyncApiDocument,
  type Backplane,
  type HealthNote,
  type HostContext,
  type HostExtension,
} from "@appenv/core";
import { unexpected, checkOptions, type OptionNames } from "@appenv/core/internal";
import { requestPath } from "@appenv-internal/http/request-path";
import type { WebSocket } from "ws";
import type { z } from "zod";
import { SocketConnection } from "../connection/socket-connection.ts";
import type { Connection } from "../connection/connection.ts";
import { roomOf, type Room } from "../rooms/room.ts";
import { Rooms } from "../rooms/rooms.ts";
import { draining, noSocket } from "../upgrade/refusal.ts";
import { accept, admit, refuse, refuseBadHandshakes, type Upgrade } from "../upgrade/upgrade.ts";
import type { PathParams } from "./path.ts";
import { connectionOptionNames, type ConnectionOptions, type RouteOptions, type Routes } from "./route-options.ts";
import { makeRoute, type AnyHandler, type AnyRouteOptions, type Route } from "./route.ts";
import { readSettings, type Settings } from "./settings.ts";

/** The options of a router; those of a connection hold for every route that does not say otherwise. */
export interface WebSocketsOptions extends ConnectionOptions {
  /** The connection between replicas. Default: that of the app's surroundings, on one machine the platform. */
  readonly backplane?: Backplane & { close?(): Promise<void> };
  /** Keeps its rooms apart from those of other routers of the app. Default `"rooms"`. */
  readonly namespace?: string;
}

const names: OptionNames<WebSocketsOptions> = { ...connectionOptionNames, backplane: true, namespace: true };

/** A message of a route without a schema. */
type Raw = string | Uint8Array;
type InputOf<Schema, Otherwise> = Schema extends z.ZodType ? z.input<Schema> : Otherwise;
type OutputOf<Schema, Otherwise> = Schema extends z.ZodType ? z.output<Schema> : Otherwise;

const internalError = 1011;

/**
 * WebSockets by path. `env.mount(sockets)` puts it beside any app; `WebSocketAppEnvironment` serves it alone.
 * The type parameter collects what `connect` of `@appenv/ws/client` needs to know, so routes are chained.
 */
export class SocketRouter<Known extends Routes = Record<never, never>> implements HostExtension {
  /** The routes as a client knows them; a type only. */
  declare readonly routes: Known;
  readonly #options: WebSocketsOptions;
  readonly #settings: Settings;
  readonly #routes: Route[] = [];
  readonly #rooms: Rooms = new Rooms();
  readonly #open: Set<SocketConnection> = new Set();
  #draining = false;
  #name = "sockets";

  /** @throws AppEnvError INVALID_OPTION, INVALID_DURATION. */
  constructor(options: WebSocketsOptions = {}) {
    this.#options = options;
    checkOptions(options, "webSockets", names);
    this.#settings = readSettings(options, "webSockets");
  }

  /**
   * Adds a socket. The handler is called for every connection; when it returns, the connection is closed (1000), and
   * if it throws, the error goes to stderr and the connection is closed with 1011. Returns the same router, which now
   * knows the route.
   *
   * @throws AppEnvError INVALID_OPTION, INVALID_DURATION.
   */
  route<
    const Path extends string,
    Params extends z.ZodType = z.ZodType<PathParams<Path>, PathParams<Path>>,
    Query extends z.ZodType = z.ZodType<Record<string, string | string[]>, Record<string, string | string[]>>,
    Incoming extends z.ZodType = z.ZodType<Raw, Raw>,
    Outgoing extends z.ZodType = z.ZodType<Raw, Raw>,
    Identity = undefined,
  >(
    path: Path,
    options: RouteOptions<Params, Query, Incoming, Outgoing, Identity>,
    handler: (
      connection: Connection<
        z.output<Incoming>,
        z.input<Outgoing>,
        z.output<Params>,
        z.output<Query>,
        Exclude<Identity, null | false>
      >,
    ) => Promise<void> | void,
  ): SocketRouter<
    Known & {
      readonly [P in Path]: {
        readonly params: InputOf<Params, never>;
        readonly query: InputOf<Query, never>;
        readonly send: InputOf<Incoming, never>;
        readonly receive: OutputOf<Outgoing, never>;
      };
    }
  > {
    const route = makeRoute(path, options as AnyRouteOptions, handler as unknown as AnyHandler, this.#options);
    refuseBadHandshakes(route);
    this.#routes.push(route);
    return this as never;
  }

  /** A room, to broadcast from anywhere in the app; with a schema its messages are checked and sent as JSON. */
  room(name: string): Room<Raw>;
  room<Schema extends z.ZodType>(name: string, schema: Schema): Room<z.input<Schema>>;
  room(name: string, schema?: z.ZodType): Room<never> {
    return roomOf(this.#rooms, name, { schema, keep: this.#settings.keep });
  }

  /** The connections open on this replica. */
  get connections(): number {
    return this.#open.size;
  }

  /** True if there is a socket at the request's path. */
  matches(request: IncomingMessage): boolean {
    return this.#find(request) !== undefined;
  }

  async start({ name, signal, backplane }: HostContext): Promise<void> {
    this.#name = name;
    this.#draining = false;
    this.#rooms.use(this.#options.backplane ?? backplane, `${name}:${this.#options.namespace ?? "rooms"}`);
    signal.addEventListener("abort", () => this.#drain(), { once: true });
  }

  /** Answers an upgrade: with 101, or as plain HTTP with what is wrong. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void | Promise<void> {
    const found = this.#find(request);
    if (found === undefined) refuse(socket, noSocket(requestPath(request)));
    else return this.#upgrade(found.route, { request, socket, head, params: found.params });
  }

  routeOf(request: IncomingMessage): string | undefined {
    return this.#find(request)?.route.path;
  }

  /** The connection between replicas, as part of the health answer: no reason to be unhealthy. */
  health(): Readonly<Record<string, HealthNote>> {
    const { name, connected } = this.#rooms.backplane;
    const detail = connected ? `${name} is connected` : `${name} is not reached: rooms work within this replica only`;
    return { backplane: { status: connected ? "healthy" : "degraded", detail } };
  }

  /** The AsyncAPI 3 document of the routes. */
  async asyncapi(): Promise<AsyncApiDocument> {
    const { asyncapiOf } = await import("../docs/asyncapi.ts");
    return asyncapiOf(this.#name, this.#routes);
  }

  async close(): Promise<void> {
    await this.#rooms.close();
    await this.#options.backplane?.close?.();
  }

  async #upgrade(route: Route, upgrade: Upgrade): Promise<void> {
    const admitted = this.#draining ? draining() : await admit(route, upgrade);
    const { request, socket } = upgrade;
    if (socket.destroyed) return;
    if ("problem" in admitted) return refuse(socket, admitted);
    // The app may have begun to stop while `authenticate` ran.
    if (this.#draining) return refuse(socket, draining());
    accept(route, upgrade, (ws) => {
      const connection = new SocketConnection({ route, request, ...admitted, ws, socket, rooms: this.#rooms });
      this.#open.add(connection);
      ws.once("close", () => this.#open.delete(connection));
      void this.#serve(route, connection, ws);
    });
  }

  async #serve(route: Route, connection: SocketConnection, ws: WebSocket): Promise<void> {
    try {
      await connection.ready;
      await route.handler(connection);
      connection.close();
    } catch (error) {
      const gone = connection.signal.aborted && (error === connection.signal.reason || isAbort(error));
      if (!gone) unexpected(`the handler of ${route.path} failed`, error);
      ws.close(internalError, "internal error");
    }
  }

  /** Everything that waits is sent, and nothing more: the close frame that follows is the ingress's. */
  #drain(): void {
    this.#draining = true;
    this.#rooms.flush();
    for (const { wire } of this.#open) wire.end();
  }

  #find(request: IncomingMessage): { readonly route: Route; readonly params: Record<string, string> } | undefined {
    const path = requestPath(request);
    for (const route of this.#routes) {
      const params = route.match(path);
      if (params !== undefined) return { route, params };
    }
    return undefined;
  }
}

/** WebSockets by path, to be mounted on an environment. @throws AppEnvError INVALID_OPTION, INVALID_DURATION. */
export function webSockets(options: WebSocketsOptions = {}): SocketRouter {
  return new SocketRouter(options);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
