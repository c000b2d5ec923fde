import type { OpenApiDocument } from "@appenv/core";
import { pathParameters } from "@appenv-internal/openapi/document";
import { Described, inJson, problems, text, type Json } from "../http/described.ts";
import type { Endpoint } from "./endpoint.ts";

/** The OpenAPI document of the endpoints. */
export function describeEndpoints(title: string, endpoints: readonly Endpoint[]): OpenApiDocument {
  const described = new Described();
  for (const endpoint of endpoints) described.add(endpoint.path, endpoint.method, operationOf(endpoint));
  return described.document(title);
}

function operationOf({ id, path, summary, query = {}, body, answer }: Endpoint): Json {
  const inPath = pathParameters(path).map((name) => ({ name, in: "path", required: true, schema: text }));
  const inQuery = Object.entries(query).map(([name, schema]) => ({
    name,
    in: "query",
    required: name === "path",
    schema,
  }));
  const key = {
    name: "Idempotency-Key",
    in: "header",
    schema: text,
    description: "Requests with one key make one run.",
  };
  return {
    operationId: id,
    summary,
    parameters: [...inPath, ...inQuery, ...(id === "run_task" ? [key] : [])],
    ...(body === undefined ? {} : { requestBody: inJson("The body", body) }),
    responses: {
      200: inJson("Done", answer),
      ...problems({ 400: "Something given does not fit", 403: "It is not on the list", 404: "There is no such thing" }),
    },
  };
}
