import type { Hono } from "hono";
import { inspectRoutes } from "hono/dev";
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
  return inspectRoutes(app as AnyHono as Hono).filter(({ isMiddleware }) => !isMiddleware);
}
