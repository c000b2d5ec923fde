import type { RequestListener } from "node:http";
import { AppEnvironment, type AppEnvironmentOptions, type AppHost, type ParameterList } from "@appenv/core";
import { appOptionNames, type OptionNames } from "@appenv/core/internal";
import type { Namespace } from "socket.io";
import type { EmittedEvents, HandledEvents, SocketEvents } from "./events/event-types.ts";
import { SocketIoMount, type ServerOf, type SocketIoOptions } from "./socket-io-mount.ts";

/** The options of a Socket.IO app environment. */
export interface SocketAppEnvironmentOptions<
  Events extends SocketEvents | undefined = undefined,
  List extends ParameterList = ParameterList,
>
  extends AppEnvironmentOptions<List>, SocketIoOptions<Events> {
  /** Answers requests that are not Socket.IO's: any listener of node:http, an Express app too. Default: with 404. */
  readonly request?: RequestListener;
}

const optionNames: OptionNames<SocketAppEnvironmentOptions> = {
  ...appOptionNames,
  events: true,
  io: true,
  request: true,
};

/**
 * A Socket.IO service and how it runs. `io` is Socket.IO's own server: rooms, namespaces, acknowledgements and
 * middlewares are as in its documentation. Several replicas are joined by themselves.
 *
 * @example
 * export const env = new SocketAppEnvironment({
 *   name: "chat",
 *   requiresAuth: false,
 *   events: { clientToServer: { say: z.string() }, serverToClient: { said: z.string() } },
 * });
 * env.io.on("connection", (socket) => socket.on("say", (text) => env.io.emit("said", text)));
 */
export class SocketAppEnvironment<
  const Events extends SocketEvents | undefined = undefined,
  const List extends ParameterList = ParameterList,
> extends AppEnvironment<List> {
  static override readonly optionNames: Readonly<Record<string, true>> = optionNames;
  /** Socket.IO's own server, typed with the events. */
  readonly io: ServerOf<Events>;
  readonly #mount: SocketIoMount<Events>;

  /** @throws AppEnvError INVALID_OPTION if `io` listens already. */
  constructor(options: SocketAppEnvironmentOptions<Events, List>) {
    const mount = new SocketIoMount<Events>(options, options.request);
    const withServer: SocketAppEnvironmentOptions<Events, List> = {
      type: "Socket.IO",
      ...options,
      io: mount.io as never,
    };
    super(withServer);
    this.io = mount.io;
    this.#mount = mount;
  }

  /** The namespace of a name, or of all names that fit, with its events declared. */
  namespace<const NamespaceEvents extends SocketEvents>(
    name: string | RegExp,
    events: NamespaceEvents,
  ): Namespace<HandledEvents<NamespaceEvents>, EmittedEvents<NamespaceEvents>> {
    return this.#mount.namespace(name, events);
  }

  /** Makes the host that the runtime starts. */
  override createHost(): AppHost {
    const mount = this.#mount;
    return {
      framework: "Socket.IO",
      async start(context) {
        await mount.start(context);
        return { request: mount.request, upgrade: mount.upgrade };
      },
      beforeDrain: () => mount.beforeDrain(),
      close: () => mount.close(),
      routeOf: (request) => mount.routeOf(request),
      asyncapi: () => mount.asyncapi(),
    };
  }
}
