import type { ListedRoute } from "@appenv-internal/http/listed-route";
import type { RouterRoute } from "hono/types";
// `inspectRoutes` of hono/dev does this too, but takes longer to load.
import { findTargetHandler, isMiddleware } from "hono/utils/handler";
import type { AnyHono } from "../any-hono.ts";

/** The routes of an app that answer by themselves, without its middlewares. */
export function listRoutes(app: AnyHono): readonly ListedRoute[] {
  return (app.routes as readonly RouterRoute[])
    .filter(isAnswering)
    .map(({ path, method }) => ({ path, method: method === "ALL" ? "*" : method }));
}

/** True for a route that answers by itself, false for a middleware. */
export function isAnswering({ handler }: Pick<RouterRoute, "handler">): boolean {
  return !isMiddleware(findTargetHandler(handler));
}
