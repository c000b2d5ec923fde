/** A route as an app declares it. */
export interface ListedRoute {
  /** As the framework writes it, with the paths of all routers around it. */
  readonly path: string;
  /** In capitals; `*` for all. */
  readonly method: string;
}

/**
 * True if one of the routes is for this very path, as it is written: a route such as `/:page` is not the app's own
 * `/health`.
 *
 * @param writtenPaths - The paths of a route without optional parts: `/list/:page?` is `/list` and `/list/{page}`.
 */
export function hasRoute(
  routes: readonly ListedRoute[],
  writtenPaths: (path: string) => readonly string[],
  method: string,
  path: string,
): boolean {
  const methods = new Set(["*", method, ...(method === "HEAD" ? ["GET"] : [])]);
  return routes.some((route) => methods.has(route.method) && writtenPaths(route.path).includes(path));
}
