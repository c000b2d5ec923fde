import type { Components, Direction, JsonSchema } from "@appenv-internal/openapi/components";
import { withoutUnset } from "@appenv-internal/openapi/document";
import { jsonSchemaOf } from "@appenv-internal/openapi/json-schema";
import { isStandardSchema } from "@appenv-internal/openapi/standard-schema";
import type { FastifySchema } from "fastify";

/** The schema of a route with JSON schemas in the place of those of zod; named ones go to the components. */
export function describedSchema(schema: FastifySchema, components: Components): FastifySchema {
  const { body, querystring, query, params, headers, response, ...rest } = schema as FastifySchema & {
    readonly query?: unknown;
  };
  // `@fastify/swagger` makes a parameter of each property, so the object itself cannot be a reference.
  const inline = (part: unknown): unknown =>
    isStandardSchema(part) ? components.inline(jsonSchemaOf(part, "input"), "input") : part;
  const named = (direction: Direction) => (part: unknown) =>
    isStandardSchema(part) ? components.reference(jsonSchemaOf(part, direction), direction) : part;
  return withoutUnset({
    ...rest,
    body: eachMediaType(body, named("input")),
    querystring: inline(querystring ?? query),
    params: inline(params),
    headers: inline(headers),
    response: eachStatus(response, (part) => eachMediaType(part, named("output"))),
  });
}

function eachMediaType(part: unknown, convert: (part: unknown) => unknown): unknown {
  const content = isStandardSchema(part) ? undefined : (part as { content?: Record<string, JsonSchema> })?.content;
  if (content === undefined) return convert(part);
  const converted = Object.entries(content).map(([type, media]) => [
    type,
    { ...media, schema: convert(media["schema"]) },
  ]);
  return { ...(part as object), content: Object.fromEntries(converted) as unknown };
}

function eachStatus(response: unknown, convert: (part: unknown) => unknown): unknown {
  if (response === undefined) return undefined;
  return Object.fromEntries(Object.entries(response as object).map(([status, part]) => [status, convert(part)]));
}
