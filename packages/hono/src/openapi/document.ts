import type { OpenApiDocument } from "@appenv/core";
import { Components, type JsonSchema } from "@appenv-internal/openapi/components";
import { documentedMethods, documentHead, pathParameters, type DocumentInfo } from "@appenv-internal/openapi/document";
import type { AnyHono } from "../any-hono.ts";
import { listRoutes } from "../routes/list-routes.ts";
import { openApiPaths } from "../routes/paths.ts";
import { annotatedRoutes, specsOf, type Described } from "./annotated-routes.ts";
import { normalized } from "./normalize.ts";

/** An app of `@hono/zod-openapi`. */
interface OpenApiHono extends AnyHono {
  getOpenAPI31Document(config: object): Described;
}

/**
 * The OpenAPI document of the routes: as `@hono/zod-openapi` describes them, if the app is written with it, as
 * `hono-openapi` does, and by path and method if nobody describes them.
 */
export async function createDocument(app: AnyHono, info: DocumentInfo): Promise<OpenApiDocument> {
  const named = new Components();
  const head = documentHead(info);
  const annotated = annotatedRoutes(app);
  const sources = [
    // Such an app may hide routes, so those it does not describe are left out.
    isOpenApiHono(app) ? app.getOpenAPI31Document({ ...head, openapi: "3.1.0" }) : plain(app, annotated.keys),
    await specsOf(annotated, named),
  ];
  const components: Record<string, JsonSchema> = {};
  for (const [kind, items] of sources.flatMap((source) => Object.entries(source.components ?? {}))) {
    components[kind] = { ...items, ...components[kind] };
  }
  components["schemas"] = { ...components["schemas"], ...named.schemas() };
  return { ...head, paths: normalized(sources.map(({ paths }) => paths ?? {})), components };
}

function isOpenApiHono(app: AnyHono): app is OpenApiHono {
  return typeof (app as Partial<OpenApiHono>).getOpenAPI31Document === "function";
}

/** The routes that nobody describes, by path and method. */
function plain(app: AnyHono, described: ReadonlySet<string>): Described {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const { path, method } of listRoutes(app)) {
    // OpenAPI has no wildcards.
    if (!documentedMethods.has(method) || path.includes("*") || described.has(`${method} ${path}`)) continue;
    for (const url of openApiPaths(path)) {
      const parameters = pathParameters(url).map((name) => ({
        in: "path",
        name,
        required: true,
        schema: { type: "string" },
      }));
      (paths[url] ??= {})[method.toLowerCase()] = parameters.length === 0 ? {} : { parameters };
    }
  }
  return { paths };
}
