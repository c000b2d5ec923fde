import type { RouteTypes, Routes } from "../router/route-options.ts";
import { addressOf, type AddressOptions } from "./address.ts";
import { SocketSession, type SessionOptions } from "./session.ts";

/** The options of a connection to a route. */
export type ConnectOptions<Route extends RouteTypes> = AddressOptions &
  SessionOptions &
  (Record<never, never> extends Route["params"]
    ? { readonly params?: Route["params"] }
    : { readonly params: Route["params"] }) &
  (Record<never, never> extends Route["query"]
    ? { readonly query?: Route["query"] }
    : { readonly query: Route["query"] });

/** Whatever knows the routes of an app: its router (`typeof sockets`), or an environment of sockets. */
type Knows = { readonly routes: Routes } | { readonly sockets: { readonly routes: Routes } };
type RoutesOf<Known> = Known extends { readonly routes: infer Found extends Routes }
  ? Found
  : Known extends { readonly sockets: { readonly routes: infer Found extends Routes } }
    ? Found
    : never;
type Session<Known extends Routes, Path extends keyof Known> = SocketSession<
  Known[Path]["send"],
  Known[Path]["receive"]
>;

/**
 * Connects to a socket of an app. What may be sent and what comes is known from the router's type; in a browser, where
 * the router itself is not to be imported, use `socketClient`.
 *
 * @example
 * const session = connect(env, "/chat/:room", { url: handle.endpoint, params: { room: "lobby" } });
 * session.send({ text: "hello" });
 * for await (const message of session) console.log(message);
 */
export function connect<Known extends Knows, Path extends keyof RoutesOf<Known> & string>(
  _known: Known,
  path: Path,
  options: ConnectOptions<RoutesOf<Known>[Path]>,
): Session<RoutesOf<Known>, Path> {
  const given: AddressOptions & SessionOptions = options;
  return new SocketSession(addressOf(path, given), given);
}

/** Options that may be left out if all of them are optional. */
type MayBeLeftOut<Options> = Record<never, never> extends Options ? [options?: Options] : [options: Options];

/** Connects to the sockets of one app. */
export interface SocketClient<Known extends Routes> {
  /** Connects to a socket. */
  connect<Path extends keyof Known & string>(
    path: Path,
    ...options: MayBeLeftOut<Omit<ConnectOptions<Known[Path]>, "url">>
  ): Session<Known, Path>;
}

/**
 * A client that knows an app's sockets by a type alone.
 *
 * @param url - Where the app answers. In a browser the default is the page's own address.
 * @example
 * import type { sockets } from "../server/sockets.ts";
 * const session = socketClient<typeof sockets>().connect("/chat/:room", { params: { room: "lobby" } });
 */
export function socketClient<Known extends Knows>(url?: string | URL): SocketClient<RoutesOf<Known>> {
  return {
    connect(path, options?: unknown) {
      const given = (options ?? {}) as AddressOptions & SessionOptions;
      return new SocketSession(addressOf(path, { ...given, url }), given);
    },
  };
}
