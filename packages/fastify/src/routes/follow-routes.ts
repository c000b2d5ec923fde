import { AppEnvError } from "@appenv/core";
import { invalidOption } from "@appenv/core/internal";
import { isStandardSchema } from "@appenv-internal/openapi/standard-schema";
import type { FastifyInstance, RouteOptions } from "fastify";
import type { ZodFastifyInstance } from "../zod-fastify-instance.ts";
import { hideUnexpected } from "../errors/hide-unexpected.ts";
import { requestParts, responseParts } from "../schemas/schema-parts.ts";
import { useSchemaCompilers } from "../schemas/use-schema-compilers.ts";
import { declaredRoutes, type FollowedRoute } from "./declared-routes.ts";
import { isReady } from "./is-ready.ts";

/** By app: a clone of an environment shares the app of the original. */
const followed = new WeakMap<object, FollowedRoute[]>();

/**
 * The routes of an app: those it has, and from now on those it gets, also of plugins that are registered but not loaded
 * yet. An app that is ready gets no more.
 *
 * @throws AppEnvError ROUTES_BEFORE_ENVIRONMENT if routes it has would not be checked by their schemas; INVALID_OPTION if
 * it listens by itself.
 */
export function followRoutes(app: ZodFastifyInstance, name: string): readonly FollowedRoute[] {
  const known = followed.get(app);
  if (known !== undefined) return known;
  if (app.server.listening) throw listening(app);
  const routes = [...(declaredRoutes(app as FastifyInstance) ?? [])];
  if (!isReady(app)) {
    refuseUnchecked(routes, name);
    app.addHook("onRoute", function follow(this: FastifyInstance, options: RouteOptions) {
      routes.push({ url: options.url, methods: [options.method].flat(), options, instance: this });
      useSchemaCompilers(this, options);
      hideUnexpected(this, options);
    } as never);
  }
  followed.set(app, routes);
  return routes;
}

/** Fastify takes a route's compilers when it is declared: those of zod schemas come too late for one that is there. */
function refuseUnchecked(routes: readonly FollowedRoute[], name: string): void {
  const paths = new Set(routes.filter(isUnchecked).map(({ url }) => url));
  if (paths.size === 0) return;
  const shown = `${[...paths].slice(0, 5).join(", ")}${paths.size > 5 ? ", ..." : ""}`;
  throw new AppEnvError(
    "ROUTES_BEFORE_ENVIRONMENT",
    `The Fastify app of '${name}' has routes with schemas of zod, and no compiler for them: ${shown}.`,
  );
}

function isUnchecked({ options: { schema = {} }, instance }: FollowedRoute): boolean {
  const noValidator = instance.validatorCompiler === undefined && requestParts(schema).some(isStandardSchema);
  return noValidator || (instance.serializerCompiler === undefined && responseParts(schema).some(isStandardSchema));
}

function listening(app: ZodFastifyInstance): AppEnvError {
  return invalidOption("app", app, "a Fastify instance that does not listen: `listen()` is called for you");
}
