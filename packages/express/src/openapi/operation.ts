import { problemType } from "@appenv-internal/http/problem";
import { statusPhrase } from "@appenv-internal/http/status-phrase";
import type { Components, JsonSchema } from "@appenv-internal/openapi/components";
import { pathParameters, withoutUnset } from "@appenv-internal/openapi/document";
import { jsonSchemaOf } from "@appenv-internal/openapi/json-schema";
import { problemSchema } from "@appenv-internal/openapi/problem-schema";
import type { StandardSchema } from "@appenv-internal/openapi/standard-schema";
import type { AnyRouteDefinition } from "../route/definitions.ts";
import { byStatus } from "../route/sender.ts";

const invalidRef = "#/components/responses/InvalidRequest";

/** One operation of the document. */
export function describeOperation(path: string, definition: AnyRouteDefinition, components: Components): JsonSchema {
  const { summary, description, tags, operationId, deprecated, params, query, headers, body } = definition;
  const parameters = [
    ...inPath(pathParameters(path), params, components),
    ...described("query", query, components),
    ...described("header", headers, components),
  ];
  return withoutUnset({
    summary,
    description,
    tags,
    operationId,
    deprecated,
    parameters: parameters.length === 0 ? undefined : parameters,
    requestBody: body === undefined ? undefined : { required: true, content: json(body, "input", components) },
    responses: responses(definition, components),
  });
}

/** The component that describes the 400 answer, if an operation has one. */
export function invalidRequest(paths: object): JsonSchema {
  if (!JSON.stringify(paths).includes(invalidRef)) return {};
  const content = { [problemType]: { schema: invalidSchema } };
  return { responses: { InvalidRequest: { description: "The request does not fit its schema.", content } } };
}

const text = { type: "string" };
const error = { in: text, path: { ...text, description: "A JSON pointer." }, message: text };
const errors = { type: "array", items: { type: "object", properties: error, required: Object.keys(error) } };
const invalidSchema = problemSchema({ code: { const: "INVALID_REQUEST" }, errors });

/** All parameters of the path, in its order; a parameter without a schema is a text. */
function inPath(
  names: readonly string[],
  schema: StandardSchema | undefined,
  components: Components,
): readonly JsonSchema[] {
  const known = new Map(described("path", schema, components).map((parameter) => [parameter["name"], parameter]));
  return names.map((name) => ({
    ...(known.get(name) ?? { in: "path", name, schema: { type: "string" } }),
    required: true,
  }));
}

/** A parameter for each property of a schema. */
function described(place: string, schema: StandardSchema | undefined, components: Components): readonly JsonSchema[] {
  if (schema === undefined) return [];
  const object = components.inline(jsonSchemaOf(schema, "input"), "input");
  const { properties = {}, required = [] } = object as { properties?: Record<string, JsonSchema>; required?: string[] };
  return Object.entries(properties).map(([name, { description, ...property }]) =>
    withoutUnset({ in: place, name, description, required: required.includes(name), schema: property }),
  );
}

function responses(definition: AnyRouteDefinition, components: Components): JsonSchema {
  const { params, query, headers, body, response } = definition;
  const schemas = Object.entries(response === undefined ? {} : byStatus(response));
  const declared = schemas.map(([status, schema]): [string, JsonSchema] => [
    /^\dxx$/i.test(status) ? status.toUpperCase() : status,
    {
      description: descriptionOf(status),
      ...(withoutBody.has(status) ? {} : { content: json(schema, "output", components) }),
    },
  ]);
  const isChecked = [params, query, headers, body].some((schema) => schema !== undefined);
  return {
    ...(declared.length === 0 ? { 200: { description: "OK" } } : {}),
    ...(isChecked ? { 400: { $ref: invalidRef } } : {}),
    ...Object.fromEntries(declared),
  };
}

/** Statuses whose answers have no body. */
const withoutBody = new Set(["204", "205", "304"]);

function descriptionOf(status: string): string {
  return statusPhrase(status) ?? (status === "default" ? "Any other answer" : status);
}

function json(schema: StandardSchema, direction: "input" | "output", components: Components): JsonSchema {
  return { "application/json": { schema: components.reference(jsonSchemaOf(schema, direction), direction) } };
}
