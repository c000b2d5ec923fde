import { zodJsonSchema, type ZodOptions } from "@appenv-internal/openapi/zod-json-schema";
import type { Components, Direction, JsonSchema } from "@appenv-internal/openapi/components";
import type { Hono } from "hono";
import type { RouterRoute } from "hono/types";
import { findTargetHandler } from "hono/utils/handler";
import type { AnyHono } from "../any-hono.ts";
import { openApiPaths } from "../routes/paths.ts";
import type { Paths } from "./normalize.ts";

/** The parts of a document of any library that are taken over. */
export interface Described {
  readonly paths?: Paths;
  readonly components?: Readonly<Record<string, JsonSchema>>;
}

/** A schema as `resolver` and `validator` of `hono-openapi` wrap it. */
interface Resolver {
  readonly vendor: string;
  /** Of a validator: the part of the request. */
  readonly target?: string;
  toJSONSchema(options: ZodOptions): JsonSchema | Promise<JsonSchema>;
  toOpenAPISchema(): Promise<{ readonly schema: JsonSchema; readonly components?: unknown }>;
}

/** The description that `hono-openapi` attaches to a handler. */
type Annotation = Resolver | { readonly spec: Spec };

interface Spec {
  readonly responses?: Readonly<Record<string, WithContent>>;
  readonly requestBody?: WithContent;
}

interface WithContent {
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}

/** The routes that `hono-openapi` describes. */
export interface AnnotatedRoutes {
  readonly routes: readonly (RouterRoute & { readonly annotation: Annotation; readonly symbol: symbol })[];
  /** Method and path of each, also of hidden ones. */
  readonly keys: ReadonlySet<string>;
}

/** Finds them by the symbol `hono-openapi` uses, so that it is loaded only if it is used. */
export function annotatedRoutes(app: AnyHono): AnnotatedRoutes {
  const routes = (app.routes as readonly RouterRoute[]).flatMap((route) => {
    const target = findTargetHandler(route.handler);
    const symbol = Object.getOwnPropertySymbols(target).find(({ description }) => description === "openapi");
    if (symbol === undefined) return [];
    return [{ ...route, symbol, annotation: (target as unknown as Record<symbol, Annotation>)[symbol]! }];
  });
  return { routes, keys: new Set(routes.map(({ method, path }) => `${method} ${path}`)) };
}

/**
 * The document `hono-openapi` makes of them. It describes every schema as input; here those of zod are described as
 * output where they are responses, and named ones go to the components.
 */
export async function specsOf({ routes }: AnnotatedRoutes, components: Components): Promise<Described> {
  if (routes.length === 0) return {};
  const { generateSpecs } = await import("hono-openapi");
  const described = routes.map(({ annotation, symbol, ...route }) => ({
    ...route,
    handler: Object.assign(() => undefined, { [symbol]: converted(annotation, components) }),
  }));
  const options = { excludeStaticFile: false, excludeMethods: [] };
  const specs = (await generateSpecs({ routes: described } as unknown as Hono, options)) as unknown as Described;
  return withMalformed(specs, routes);
}

/** Before a validator of a body is asked, Hono itself answers 400 to one that is no JSON or no form: in plain text. */
function withMalformed(specs: Described, routes: AnnotatedRoutes["routes"]): Described {
  for (const { path, method, annotation } of routes) {
    if ("spec" in annotation || !["json", "form"].includes(annotation.target ?? "")) continue;
    for (const url of openApiPaths(path)) {
      const refused = specs.paths?.[url]?.[method.toLowerCase()]?.["responses"] as
        | Record<string, WithContent>
        | undefined;
      if (refused === undefined) continue;
      const known: WithContent = refused["400"] ?? {};
      refused["400"] = { ...known, content: { "text/plain": { schema: { type: "string" } }, ...known.content } };
    }
  }
  return specs;
}

function converted(annotation: Annotation, components: Components): Annotation {
  if (!("spec" in annotation)) return resolved(annotation, "input", components);
  const { responses = {}, requestBody, ...rest } = annotation.spec;
  const outputs = Object.entries(responses).map(([status, response]) => [
    status,
    withSchemas(response, (schema) => resolved(schema, "output", components)),
  ]);
  const input = requestBody && withSchemas(requestBody, (schema) => resolved(schema, "input", components));
  return {
    spec: {
      ...rest,
      responses: Object.fromEntries(outputs) as Spec["responses"] & object,
      ...(input && { requestBody: input }),
    },
  };
}

function withSchemas(item: WithContent, convert: (schema: Resolver) => Resolver): WithContent {
  if (item.content === undefined) return item;
  const content = Object.entries(item.content).map(([type, media]) => {
    const { schema } = media;
    return [
      type,
      schema !== undefined && "toOpenAPISchema" in schema ? { ...media, schema: convert(schema as Resolver) } : media,
    ];
  });
  return { ...item, content: Object.fromEntries(content) as NonNullable<WithContent["content"]> };
}

function resolved(resolver: Resolver, direction: Direction, components: Components): Resolver {
  if (resolver.vendor !== "zod") return resolver;
  // Parameters are made of the properties.
  const isBody = resolver.target === undefined || ["json", "form"].includes(resolver.target);
  return {
    ...resolver,
    toOpenAPISchema: async () => {
      const json = await zodJsonSchema((options) => resolver.toJSONSchema(options), direction);
      return { schema: isBody ? components.reference(json, direction) : components.inline(json, direction) };
    },
  };
}
