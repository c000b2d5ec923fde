import { AppEnvError, invalidOption } from "@appenv/core";
import type { FastifyInstance, RouteOptions } from "fastify";
import type { ZodFastifyInstance } from "../fastify-app-environment.ts";
import { internal } from "../internals.ts";
import { useSchemaCompilers } from "../schemas/use-schema-compilers.ts";
import { printedRoutes } from "./printed-routes.ts";

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

/** By app: a clone of an environment shares the app of the original. */
const followed = new WeakMap<object, FollowedRoute[]>();

/**
 * Watches the routes of an app from now on, also those of plugins that are registered but not loaded yet.
 *
 * @throws AppEnvError ROUTES_BEFORE_ENVIRONMENT, since Fastify tells nobody about the routes there already are.
 */
export function followRoutes(app: ZodFastifyInstance, name: string): readonly FollowedRoute[] {
  const known = followed.get(app);
  if (known !== undefined) return known;
  refuseEarlierRoutes(app, name);
  refuseStarted(app);
  const routes: FollowedRoute[] = [];
  addRouteHook(app, function follow(this: FastifyInstance, options) {
    routes.push({ url: options.url, methods: [options.method].flat(), options, instance: this });
    useSchemaCompilers(this, options);
  });
  followed.set(app, routes);
  return routes;
}

function refuseEarlierRoutes(app: ZodFastifyInstance, name: string): void {
  const paths = printedRoutes(app);
  if (paths.length === 0) return;
  const shown = `${paths.slice(0, 5).join(", ")}${paths.length > 5 ? ", ..." : ""}`;
  throw new AppEnvError("ROUTES_BEFORE_ENVIRONMENT", `The Fastify app of '${name}' already has routes: ${shown}.`);
}

function refuseStarted(app: ZodFastifyInstance): void {
  // For a moment after `ready()` Fastify still takes hooks and routes, and never calls them.
  const state = internal(app, "fastify.state") as { readonly ready?: boolean } | undefined;
  if (state?.ready === true) throw started(app);
}

function started(app: ZodFastifyInstance): AppEnvError {
  return invalidOption(
    "app",
    app,
    "a Fastify instance that is not started: `ready()` and `listen()` are called for you",
  );
}

function addRouteHook(app: ZodFastifyInstance, hook: (this: FastifyInstance, options: RouteOptions) => void): void {
  try {
    app.addHook("onRoute", hook as never);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "FST_ERR_INSTANCE_ALREADY_LISTENING") throw error;
    throw started(app);
  }
}
