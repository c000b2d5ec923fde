import type { ListedRoute } from "@appenv-internal/http/listed-route";
import type { Express } from "express";
import { definitionOf, type AnyRouteDefinition } from "../route/definitions.ts";
import { mountedApp } from "./mounted-app.ts";
import { joinPaths } from "./paths.ts";

/** A route of Express. */
export interface ExpressRoute extends ListedRoute {
  /** The argument of `route`, if one of the handlers was made with it. */
  readonly definition: AnyRouteDefinition | undefined;
  /** Express's own object, which a request has that it took: `request.route`. */
  readonly route: object;
}

/** A layer, which Express keeps for each route and each `use`. */
interface Layer {
  readonly handle: ((...args: never[]) => unknown) & { readonly stack?: readonly Layer[] };
  /** Since router 2.3; before, the paths of mounted routers are kept nowhere. */
  readonly rawPath?: unknown;
  /** True if it is mounted at `/`. */
  readonly slash?: boolean;
  readonly route?: { readonly path: unknown; readonly stack: readonly Handler[] };
}

/** `express-ws` keeps its sockets as routes whose paths end so; no request is meant to reach them. */
const ofExpressWs = "/.websocket";

interface Handler {
  readonly handle: (...args: never[]) => unknown;
  /** In small letters; undefined for all. */
  readonly method?: string;
}

// Not `METHODS` of node:http: its import makes Node load its WebSocket too, which takes longer than all of this package.
const common = ["get", "head", "post", "put", "patch", "delete", "options", "trace"];

/** The routes of an app, its routers and its mounted apps, in the order in which they are asked. Patterns have no path. */
export function listRoutes(app: Pick<Express, "router">): readonly ExpressRoute[] {
  return below(app.router.stack as unknown as readonly Layer[], "");
}

function below(stack: readonly Layer[], mount: string): readonly ExpressRoute[] {
  return stack.flatMap((layer) => pathsOf(layer).flatMap((path) => atLayer(layer, joinPaths(mount, path))));
}

function pathsOf({ route, rawPath, slash }: Layer): readonly string[] {
  const paths = [route?.path ?? rawPath ?? (slash === true ? "/" : [])].flat(Infinity) as readonly unknown[];
  return paths.filter((path) => typeof path === "string").filter((path) => !path.endsWith(ofExpressWs));
}

function atLayer({ route, handle }: Layer, path: string): readonly ExpressRoute[] {
  if (route !== undefined) return ofRoute(route, path);
  if (handle.stack !== undefined) return below(handle.stack, path);
  const app = mountedApp(handle);
  return app === undefined ? [] : below(app.router.stack as unknown as readonly Layer[], path);
}

function ofRoute(route: NonNullable<Layer["route"]>, path: string): readonly ExpressRoute[] {
  const handlers = route.stack;
  const methods = new Set(handlers.map(({ method }) => method));
  // `app.all` declares each method by itself, `router.all` none.
  const distinct = common.every((method) => methods.has(method)) ? [undefined] : [...methods];
  return distinct.map((method) => {
    const own = handlers.filter((handler) => [undefined, method].includes(handler.method));
    const definition = own.map(({ handle }) => definitionOf(handle)).find((found) => found !== undefined);
    return { path: path === "" ? "/" : path, method: method?.toUpperCase() ?? "*", definition, route };
  });
}
