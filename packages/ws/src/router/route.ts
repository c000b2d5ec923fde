import type { IncomingMessage } from "node:http";
import { invalidOption, checkOptions, type OptionNames } from "@appenv/core/internal";
import { matchPath, type PathMatcher } from "@appenv-internal/http/match-path";
import { WebSocketServer } from "ws";
import type { z } from "zod";
import type { Connection } from "../connection/connection.ts";
import { protocolName } from "../protocol.ts";
import { pathSyntax } from "./path.ts";
import { connectionOptionNames, type ConnectionOptions, type RouteOptions } from "./route-options.ts";
import { readSettings, type Settings } from "./settings.ts";

/** The options of a route of any types. */
export type AnyRouteOptions = RouteOptions<z.ZodType, z.ZodType, z.ZodType, z.ZodType, unknown>;

/** A handler of any types. */
export type AnyHandler = (connection: Connection<unknown, unknown, unknown, unknown, unknown>) => Promise<void> | void;

/** A route, checked, with the server of `ws` that speaks on it. */
export interface Route {
  readonly path: string;
  readonly match: PathMatcher;
  readonly settings: Settings;
  readonly params: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly incoming: z.ZodType | undefined;
  readonly outgoing: z.ZodType | undefined;
  readonly subprotocols: readonly string[];
  readonly authenticate: ((request: IncomingMessage) => unknown) | undefined;
  readonly summary: string | undefined;
  readonly description: string | undefined;
  readonly handler: AnyHandler;
  readonly server: WebSocketServer;
}

/** The time a client has to answer a close, in milliseconds. The types of `ws` do not know it yet. */
const patience = { closeTimeout: 5_000 };

const names: OptionNames<AnyRouteOptions> = {
  ...connectionOptionNames,
  params: true,
  query: true,
  incoming: true,
  outgoing: true,
  subprotocols: true,
  authenticate: true,
  summary: true,
  description: true,
};

/** Checks a route. @throws AppEnvError INVALID_OPTION, INVALID_DURATION. */
export function makeRoute(
  path: string,
  options: AnyRouteOptions,
  handler: AnyHandler,
  defaults: ConnectionOptions,
): Route {
  if (typeof path !== "string" || !/^\/[^?#\s]*$/.test(path)) {
    throw invalidOption("the path of a socket", path, 'a path that starts with "/"');
  }
  if (typeof handler !== "function") throw invalidOption(`the handler of ${path}`, handler, "a function");
  checkOptions(options, `the socket ${path}`, names);
  const settings = readSettings({ ...defaults, ...options }, path);
  const { subprotocols = [], params, query, incoming, outgoing, authenticate, summary, description } = options;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: settings.maxMessageBytes,
    handleProtocols: (offered) => chooseProtocol(offered, subprotocols),
    ...patience,
  });
  const match = matchPath(path, pathSyntax);
  const said = { summary, description, subprotocols, authenticate };
  return { path, match, settings, params, query, incoming, outgoing, ...said, handler, server };
}

function chooseProtocol(offered: ReadonlySet<string>, spoken: readonly string[]): string | false {
  return offered.has(protocolName) ? protocolName : (spoken.find((name) => offered.has(name)) ?? false);
}
