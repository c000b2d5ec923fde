import type { FastifySchema } from "fastify";
import { isStandardSchema, type StandardSchema } from "../schemas/standard-schema.ts";
import type { Components, Direction, JsonSchema } from "./components.ts";
import { jsonSchemaOf } from "./json-schema.ts";

/** The schema of a route with JSON schemas in the place of those of zod; named ones go to the components. */
export function describedSchema(schema: FastifySchema, components: Components): FastifySchema {
  const { body, querystring, query, params, headers, response, ...rest } = schema as FastifySchema & {
    readonly query?: unknown;
  };
  const inline = (part: unknown): unknown => (isStandardSchema(part) ? parameters(part, components) : part);
  const named = (direction: Direction) => (part: unknown) =>
    isStandardSchema(part) ? reference(part, direction, components) : part;
  return withoutUnset({
    ...rest,
    body: eachMediaType(body, named("input")),
    querystring: inline(querystring ?? query),
    params: inline(params),
    headers: inline(headers),
    response: eachStatus(response, (part) => eachMediaType(part, named("output"))),
  });
}

/** `@fastify/swagger` makes a parameter of each property, so the object itself cannot be a reference. */
function parameters(schema: StandardSchema, components: Components): JsonSchema {
  const { id: _, ...json } = jsonSchemaOf(schema, "input");
  return components.take(json, "input");
}

function reference(schema: StandardSchema, direction: Direction, components: Components): JsonSchema {
  const { id, ...json } = jsonSchemaOf(schema, direction);
  if (typeof id !== "string") return components.take(json, direction);
  const { $defs, ...root } = json as JsonSchema & { $defs?: Record<string, JsonSchema> };
  return components.take({ $ref: `#/$defs/${id}`, $defs: { ...$defs, [id]: root } }, direction);
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

function withoutUnset(schema: Readonly<Record<string, unknown>>): FastifySchema {
  return Object.fromEntries(Object.entries(schema).filter(([, part]) => part !== undefined));
}
