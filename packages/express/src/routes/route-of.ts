import type { IncomingMessage } from "node:http";
import { matchPath, type PatternSyntax } from "@appenv-internal/http/match-path";
import { requestPath } from "@appenv-internal/http/request-path";
import type { Express } from "express";
import { listRoutes } from "./list-routes.ts";
import { openApiPaths } from "./paths.ts";

/** The parts of a request that Express adds. */
interface Routed extends IncomingMessage {
  readonly route?: object;
  /** As it came, where routers have cut `url`. */
  readonly originalUrl?: string;
}

const syntax: PatternSyntax = {
  parameterOf: (segment) => (segment.startsWith("{") ? segment.slice(1, -1) : undefined),
  isValue: () => true,
};

/** By Express's object of a route: more than one for a router that is mounted more than once. */
const known = new WeakMap<object, readonly string[]>();

/** The path of the route that took a request, with those of all routers around it; undefined: none, or a pattern. */
export function routeOf(app: Pick<Express, "router">, request: IncomingMessage): string | undefined {
  const { route, originalUrl: url } = request as Routed;
  if (route === undefined) return undefined;
  if (!known.has(route)) remember(app, route);
  const paths = known.get(route) ?? [];
  return paths.length < 2 ? paths[0] : paths.find((path) => fits(path, requestPath({ url })));
}

function remember(app: Pick<Express, "router">, route: object): void {
  const own = listRoutes(app).filter((listed) => listed.route === route);
  known.set(route, [...new Set(own.map(({ path }) => path))]);
}

function fits(pattern: string, path: string): boolean {
  return openApiPaths(pattern).some((written) => matchPath(written, syntax)(path) !== undefined);
}
