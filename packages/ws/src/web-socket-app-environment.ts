import type { RequestListener } from "node:http";
import { AppEnvironment, type AppEnvironmentOptions, type AppHost, type ParameterList } from "@appenv/core";
import { appOptionNames, type OptionNames } from "@appenv/core/internal";
import type { Routes } from "./router/route-options.ts";
import { SocketRouter } from "./router/socket-router.ts";
import { WebSocketHost } from "./web-socket-host.ts";

/** The options of an environment of sockets. */
export interface WebSocketAppEnvironmentOptions<
  Known extends Routes,
  List extends ParameterList = ParameterList,
> extends AppEnvironmentOptions<List> {
  /** The sockets. Default: a router with no routes yet; add them with `env.sockets.route(...)`. */
  readonly sockets?: SocketRouter<Known>;
  /** Answers plain requests, for example with a page. Default: every plain request is answered 404, or 426 at a socket. */
  readonly request?: RequestListener;
}

const optionNames: OptionNames<WebSocketAppEnvironmentOptions<Routes>> = {
  ...appOptionNames,
  sockets: true,
  request: true,
};

/**
 * An app of WebSockets and how it runs.
 *
 * @example
 * const sockets = webSockets().route("/echo", {}, async (connection) => {
 *   for await (const message of connection) await connection.send(message);
 * });
 * export const env = new WebSocketAppEnvironment({ name: "echo", sockets, requiresAuth: false });
 */
export class WebSocketAppEnvironment<
  Known extends Routes = Record<never, never>,
  const List extends ParameterList = ParameterList,
> extends AppEnvironment<List> {
  static override readonly optionNames: Readonly<Record<string, true>> = optionNames;
  /** The sockets. */
  readonly sockets: SocketRouter<Known>;
  readonly #request: RequestListener | undefined;

  /** @throws AppEnvError naming the option, its value and what is allowed. */
  constructor(options: WebSocketAppEnvironmentOptions<Known, List>) {
    const sockets = options.sockets ?? new SocketRouter<Known>();
    const withSockets: WebSocketAppEnvironmentOptions<Known, List> = { type: "WebSocket", ...options, sockets };
    super(withSockets);
    this.sockets = sockets;
    this.#request = options.request;
  }

  /** Makes the host that the runtime starts. */
  override createHost(): AppHost {
    return new WebSocketHost(this.sockets as SocketRouter, this.#request);
  }
}
