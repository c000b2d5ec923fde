import type { OpenApiDocument } from "@appenv/core";
import { Components, type JsonSchema } from "@appenv-internal/openapi/components";
import { documentedMethods, documentHead, OperationIds, type DocumentInfo } from "@appenv-internal/openapi/document";
import type { ExpressRoute } from "../routes/list-routes.ts";
import { openApiPaths } from "../routes/paths.ts";
import { describeOperation, invalidRequest } from "./operation.ts";

/** The OpenAPI document of the routes. */
export function createDocument(routes: readonly ExpressRoute[], info: DocumentInfo): OpenApiDocument {
  const components = new Components();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const operationIds = new OperationIds();
  for (const { path, method, definition = {} } of routes) {
    if (!documentedMethods.has(method) || definition.hide === true) continue;
    for (const url of openApiPaths(path)) {
      const item = (paths[url] ??= {});
      // The first of several routes for the same request answers it.
      item[method.toLowerCase()] ??= operationIds.unique(describeOperation(url, definition, components));
    }
  }
  return {
    ...documentHead(info),
    paths,
    components: { schemas: components.schemas(), ...invalidRequest(paths) },
  };
}
