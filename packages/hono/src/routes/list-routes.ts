import type { RouterRoute } from "hono/types";
// What `inspectRoutes` of hono/dev does, which takes longer to load.
import { findTargetHandler, isMiddleware } from "hono/utils/handler";
import type { AnyHono } from "../hono-app-environment.ts";

/** A route as it is declared. */
export interface ListedRoute {
  /** As Hono writes it, with the paths of all apps around it. */
  readonly path: string;
  /** In capitals; `ALL` for all. */
  readonly method: string;
}

/** The routes of an app that answer by themselves, without its middlewares. */
export function listRoutes(app: AnyHono): readonly ListedRoute[] {
  return (app.routes as readonly RouterRoute[]).filter(({ handler }) => !isMiddleware(findTargetHandler(handler)));
}
