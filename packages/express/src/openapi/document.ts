import type { OpenApiDocument } from "@appenv/core";
import { Components, type JsonSchema } from "@appenv-internal/openapi/components";
import type { ListedRoute } from "../routes/list-routes.ts";
import { openApiPaths } from "../routes/paths.ts";
import { describeOperation, invalidRequest } from "./operation.ts";

/** What the document says about the API as a whole. */
export interface DocumentInfo {
  readonly title: string;
  readonly description: string | undefined;
}

/** An operation OpenAPI 3.1 has a place for. HEAD is left out: it says nothing that GET does not say. */
const documented = new Set(["GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE"]);

/** The OpenAPI document of the routes. */
export function createDocument(routes: readonly ListedRoute[], info: DocumentInfo): OpenApiDocument {
  const components = new Components();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const operationIds = new Set<string>();
  for (const { path, method, definition = {} } of routes) {
    if (!documented.has(method) || definition.hide === true) continue;
    for (const url of openApiPaths(path)) {
      const item = (paths[url] ??= {});
      // The first of several routes for the same request answers it.
      item[method.toLowerCase()] ??= unique(describeOperation(url, definition, components), operationIds);
    }
  }
  const { title, description } = info;
  return {
    openapi: "3.1.1",
    info: { title, ...(description === undefined ? {} : { description }), version: "0.0.0" },
    paths,
    components: { schemas: components.schemas(), ...invalidRequest(paths) },
  };
}

/** An operationId may stand only once in a document. */
function unique(operation: JsonSchema, taken: Set<string>): JsonSchema {
  const { operationId, ...rest } = operation;
  if (typeof operationId !== "string") return rest;
  if (taken.has(operationId)) return rest;
  taken.add(operationId);
  return operation;
}
