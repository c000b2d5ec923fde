import type { IncomingMessage, RequestListener, Server as HttpServer, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import {
  type AsyncApiDocument,
  type Backplane,
  type HostContext,
  type HostExtension,
  type UpgradeListener,
} from "@appenv/core";
import { invalidOption, checkOptions, type OptionNames } from "@appenv/core/internal";
import { endWithProblem, sendProblem } from "@appenv-internal/http/problem";
import { Server, type Namespace, type ServerOptions } from "socket.io";
import type { Adapter } from "socket.io-adapter";
import { BackplaneAdapter } from "./cluster/backplane-adapter.ts";
import { persistSessions } from "./cluster/session-store.ts";
import type { EmittedEvents, HandledEvents, SocketEvents } from "./events/event-types.ts";
import { guardEvents } from "./events/guard-events.ts";
import { ownErrors, ownNamespace } from "./events/own-errors.ts";
import { http } from "./node-http.ts";
import { Polling } from "./polling/polling.ts";
import { draining, notFound } from "./refusals.ts";
import { optionsOf } from "./server-options.ts";

/** The options of Socket.IO beside an app. */
export interface SocketIoOptions<Events extends SocketEvents | undefined = undefined> {
  /** The events of the main namespace. Without them, any event with anything passes, as in Socket.IO itself. */
  readonly events?: Events;
  /** Socket.IO's own options, or a server made with them that listens nowhere. */
  readonly io?: Partial<ServerOptions> | Server;
}

const names: OptionNames<SocketIoOptions> = { events: true, io: true };

/** The type of Socket.IO's server for some events. */
export type ServerOf<Events extends SocketEvents | undefined> = Events extends SocketEvents
  ? Server<HandledEvents<Events>, EmittedEvents<Events>>
  : Server;

/**
 * Socket.IO, to be mounted beside any app.
 *
 * @example
 * const { io } = env.mount(socketIo());
 * io.on("connection", (socket) => socket.on("hello", (answer) => answer("world")));
 *
 * @throws AppEnvError INVALID_OPTION if the server listens already.
 */
export function socketIo<const Events extends SocketEvents | undefined = undefined>(
  options: SocketIoOptions<Events> = {},
): SocketIoMount<Events> {
  checkOptions(options, "socketIo", names);
  return new SocketIoMount(options);
}

/** Socket.IO beside an app, on the app's own server. Made by `socketIo`. */
export class SocketIoMount<Events extends SocketEvents | undefined = undefined> implements HostExtension {
  /** Socket.IO's own server. */
  readonly io: ServerOf<Events>;
  /** The declared events, by the namespace's name. */
  readonly #described: Map<string, SocketEvents> = new Map();
  readonly #server: HttpServer;
  readonly #polling: Polling;
  readonly #io: Server;
  #stopping = false;

  /** @param fallback - Answers requests under Socket.IO's path that are not its own. Default: with 404. */
  constructor({ events, io: given }: SocketIoOptions<Events> = {}, fallback: RequestListener = sendNotFound) {
    const io = given instanceof Server ? given : new Server({ ...given });
    ownErrors(io);
    this.#io = io;
    this.io = io as ServerOf<Events>;
    this.#server = attachedTo(io) ?? attach(io, fallback);
    this.#polling = new Polling(io, this.#server);
    if (events !== undefined) this.namespace("/", events);
  }

  /** The namespace of a name, or of all names that fit, with its events declared. */
  namespace<const NamespaceEvents extends SocketEvents>(
    name: string | RegExp,
    events: NamespaceEvents,
  ): Namespace<HandledEvents<NamespaceEvents>, EmittedEvents<NamespaceEvents>> {
    const namespace = this.#io.of(name);
    ownNamespace(namespace as Namespace);
    if (events.clientToServer !== undefined) guardEvents(namespace, events.clientToServer);
    this.#described.set(String(name), events);
    return namespace as never;
  }

  matches({ url = "/" }: IncomingMessage): boolean {
    const path = this.#io.path();
    return url.startsWith(path) && (url.length === path.length || "/?".includes(url[path.length] ?? ""));
  }

  readonly request: RequestListener = (request: IncomingMessage, response: ServerResponse): void => {
    if (this.matches(request)) this.#polling.request(request, response);
    else this.#server.emit("request", request, response);
  };

  readonly upgrade: UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (this.#stopping && this.matches(request)) return endWithProblem(socket, draining());
    // Engine.IO leaves other paths' sockets open for a while; one listener more is the user's own.
    const listeners = this.#server.listenerCount("upgrade");
    if (listeners > 1 || (listeners === 1 && this.matches(request)))
      this.#server.emit("upgrade", request, socket, head);
    else endWithProblem(socket, notFound());
  };

  routeOf(request: IncomingMessage): string | undefined {
    return this.matches(request) ? this.#io.path() : undefined;
  }

  async start({ backplane, signal }: HostContext): Promise<void> {
    signal.addEventListener("abort", () => this.#stop(), { once: true });
    await this.#polling.start(backplane);
    // Without other replicas, Socket.IO's own adapter does all there is to do.
    if (backplane.name !== "process" && hasDefaultAdapter(this.#io)) await joinReplicas(this.#io, backplane);
  }

  /** Keeps all sessions; then polling sessions end, and the ingress tells WebSockets to reconnect. */
  async beforeDrain(): Promise<void> {
    await persistSessions(this.#io);
    this.#polling.end();
  }

  async close(): Promise<void> {
    await this.#io.close();
    await this.#polling.close();
  }

  async asyncapi(): Promise<AsyncApiDocument> {
    const { describeSockets } = await import("./asyncapi.ts");
    return describeSockets(this.#io.path(), this.#described);
  }

  #stop(): void {
    this.#stopping = true;
    this.#polling.stop();
  }
}

/** The server somebody attached it to. */
function attachedTo(io: Server): HttpServer | undefined {
  const { httpServer } = io as { httpServer?: HttpServer };
  if (httpServer?.listening === true) throw invalidOption("io", io, "a server that listens nowhere");
  return httpServer;
}

/** Socket.IO wants an http.Server: one that never listens and is only called. */
function attach(io: Server, fallback: RequestListener): HttpServer {
  const server = http.createServer(fallback);
  io.attach(server);
  return server;
}

/** Socket.IO's adapters within a process. By name: another copy of the package has other classes. */
const defaultAdapters = new Set(["Adapter", "SessionAwareAdapter"]);

/** True if nobody has chosen an adapter. */
function hasDefaultAdapter(io: Server): boolean {
  return optionsOf(io).adapter === undefined && defaultAdapters.has((io.adapter() as { name?: string }).name ?? "");
}

async function joinReplicas(io: Server, backplane: Backplane): Promise<void> {
  const subscribed: Promise<unknown>[] = [];
  // Socket.IO calls it with `new`, so it cannot be an arrow function.
  io.adapter(function join(namespace: Namespace): Adapter {
    const adapter = new BackplaneAdapter(namespace, backplane);
    subscribed.push(adapter.subscribed);
    return adapter;
  } as never);
  await Promise.all(subscribed);
}

function sendNotFound(_request: IncomingMessage, response: ServerResponse): void {
  sendProblem(response, notFound());
}
