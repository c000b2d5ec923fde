import type { IncomingMessage } from "node:http";
import type { RouterRoute } from "hono/types";
import type { AnyHono } from "../any-hono.ts";
import { isAnswering } from "./list-routes.ts";

/** The path of the route that a request is for; undefined: there is none. */
export function routeOf({ router, getPath }: AnyHono, request: IncomingMessage): string | undefined {
  const { method = "GET", url = "/", headers } = request;
  // A `getPath` of the app's own may read the host.
  const host = headers.host ?? "localhost";
  const path = getPath(new Request(`http://${host}${url}`, { headers: { host } }));
  const [handlers] = router.match(method === "HEAD" ? "GET" : method, path);
  const routes = handlers.map(([handler]) => (handler as readonly [unknown, RouterRoute])[1]);
  // A handler that could pass the request on, as that of `upgradeWebSocket`, looks like a middleware, but for its method.
  const taking = routes.find(isAnswering) ?? routes.findLast((route) => route.method !== "ALL");
  return taking?.path;
}
