import type { OpenApiDocument } from "@appenv/core";
import { candidates } from "@appenv-internal/openapi/component-names";
import { Components } from "@appenv-internal/openapi/components";
import { documentedMethods, documentHead, type DocumentInfo } from "@appenv-internal/openapi/document";
import type { FastifyInstance, FastifySchema } from "fastify";
import type { FollowedRoute } from "../routes/declared-routes.ts";
import { describedSchema } from "./described-schema.ts";
import { withRefusals } from "./refusals.ts";

/**
 * The OpenAPI document of the routes. `@fastify/swagger` writes it from the same routes on an instance that is thrown
 * away, so that the app itself need not register it before its routes, nor pay for it when it starts.
 */
export async function createDocument(routes: readonly FollowedRoute[], info: DocumentInfo): Promise<OpenApiDocument> {
  const [{ default: Fastify }, { default: swagger }] = await Promise.all([
    import("fastify"),
    import("@fastify/swagger"),
  ]);
  const names = sharedNames(routes);
  const components = new Components(names.values());
  const scratch = Fastify({ exposeHeadRoutes: false });
  await scratch.register(swagger, {
    openapi: documentHead(info),
    refResolver: { buildLocalReference: ({ $id }, _uri, _fragment, index) => names.get($id) ?? `def-${index}` },
  });
  replay(routes, scratch, components);
  await scratch.ready();
  const document = scratch.swagger() as OpenApiDocument & { components?: { schemas?: object } };
  await scratch.close();
  const schemas = { ...document.components?.schemas, ...components.schemas() };
  return { ...document, components: { ...document.components, schemas } };
}

/** The schemas are only read, so nothing is compiled. */
const inert = {
  handler: (): undefined => undefined,
  validatorCompiler: () => (): boolean => true,
  serializerCompiler: () => (): string => "",
};

/** Shared schemas belong to the instance a route was declared on. */
function replay(routes: readonly FollowedRoute[], scratch: FastifyInstance, components: Components): void {
  for (const [instance, own] of Map.groupBy(visible(routes), (route) => route.instance)) {
    void scratch.register(async (child) => {
      for (const schema of Object.values(instance.getSchemas())) child.addSchema(schema);
      for (const { url, methods, options } of own) {
        const schema = withRefusals(describedSchema(options.schema ?? {}, components), instance);
        child.route({ url, method: [...methods], schema, config: options.config ?? {}, ...inert });
      }
    });
  }
}

/** Each operation once: the same route may exist several times under different constraints. */
function visible(routes: readonly FollowedRoute[]): readonly FollowedRoute[] {
  const seen = new Set<string>();
  return routes.flatMap((route) => {
    const { schema, websocket, wsHandler } = route.options as Described;
    if (schema?.hide === true || (websocket === true && wsHandler === undefined)) return [];
    const methods = route.methods.filter(
      (method) => documentedMethods.has(method) && !seen.has(`${method} ${route.url}`),
    );
    for (const method of methods) seen.add(`${method} ${route.url}`);
    return methods.length === 0 ? [] : [{ ...route, methods }];
  });
}

interface Described {
  readonly schema?: FastifySchema & { readonly hide?: boolean };
  /** Of `@fastify/websocket`: the route answers upgrades, and requests only if it has a `wsHandler` besides. */
  readonly websocket?: boolean;
  readonly wsHandler?: unknown;
}

/** The names of shared JSON schemas, by their `$id`. */
function sharedNames(routes: readonly FollowedRoute[]): ReadonlyMap<unknown, string> {
  const names = new Map<unknown, string>();
  const taken = new Set<string>();
  const ids = routes.flatMap(({ instance }) => Object.keys(instance.getSchemas()));
  for (const id of new Set(ids)) {
    for (const name of candidates(id)) {
      if (taken.has(name)) continue;
      names.set(id, name);
      taken.add(name);
      break;
    }
  }
  return names;
}
