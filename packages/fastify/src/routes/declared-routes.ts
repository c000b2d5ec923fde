import { createRequire } from "node:module";
import type { FastifyInstance, RouteOptions } from "fastify";

/** A route as it was declared. */
export interface FollowedRoute {
  /** With the prefixes of all plugins around it. */
  readonly url: string;
  readonly methods: readonly string[];
  /** Fastify's own object: hooks of other plugins may still complete its schema. */
  readonly options: RouteOptions;
  /** The instance it was declared on, which knows the shared schemas. */
  readonly instance: FastifyInstance;
}

/** Fastify's router, find-my-way, as far as it is read here. */
interface Router {
  readonly routes: readonly {
    readonly method: string;
    readonly path: string;
    /** The parts of a route that Fastify keeps. */
    readonly store: Pick<RouteOptions, "schema" | "config"> & { readonly server: FastifyInstance };
  }[];
}

/**
 * The routes an app has by now. Fastify has no public list of them, so they are read from its router, which is seen
 * for the moment of one question to it. Undefined if this version of Fastify keeps them elsewhere.
 */
export function declaredRoutes(app: FastifyInstance): readonly FollowedRoute[] | undefined {
  const routes = routerOf(app)?.routes;
  if (!Array.isArray(routes)) return undefined;
  return (routes as Router["routes"]).map(({ method, path, store: { schema, config, server } }) => ({
    url: path,
    methods: [method],
    options: { method, url: path, schema, config } as unknown as RouteOptions,
    instance: server,
  }));
}

function routerOf(app: FastifyInstance): Router | undefined {
  const prototype = routerPrototype();
  if (prototype === undefined) return undefined;
  const seen: Router[] = [];
  const { findRoute } = prototype;
  prototype.findRoute = function see(this: Router, ...args: unknown[]) {
    seen.push(this);
    return Reflect.apply(findRoute, this, args) as unknown;
  };
  try {
    app.hasRoute({ method: "GET", url: "/" });
  } finally {
    prototype.findRoute = findRoute;
  }
  return seen[0];
}

/** Of the copy that Fastify uses. */
function routerPrototype(): { findRoute: (...args: unknown[]) => unknown } | undefined {
  try {
    const ofFastify = createRequire(createRequire(import.meta.url).resolve("fastify"));
    const { prototype } = ofFastify("find-my-way") as { prototype: { findRoute: (...args: unknown[]) => unknown } };
    return typeof prototype.findRoute === "function" ? prototype : undefined;
  } catch {
    return undefined;
  }
}
