import type { IncomingMessage } from "node:http";
import type { ZodFastifyInstance } from "../zod-fastify-instance.ts";
import { isReady } from "./is-ready.ts";

const noted = new WeakMap<IncomingMessage, string>();
const noting = new WeakSet<ZodFastifyInstance>();

/** From now on the route of each request is known to `notedRoute`. An app that is ready takes no hook any more. */
export function noteRoutes(app: ZodFastifyInstance): void {
  if (noting.has(app) || isReady(app)) return;
  noting.add(app);
  app.addHook("onRequest", (request, _, done) => {
    const { url } = request.routeOptions;
    if (url !== undefined) noted.set(request.raw, url);
    done();
  });
}

/** The route of a request, with the prefixes of all plugins around it; undefined: none. */
export function notedRoute(request: IncomingMessage): string | undefined {
  return noted.get(request);
}
