import { isStandardSchema } from "@appenv-internal/openapi/standard-schema";
import type { FastifySchema } from "fastify";

/** The schemas a route validates requests with: one for each part, or for each media type of the body. */
export function requestParts(schema: FastifySchema): readonly unknown[] {
  const { body, querystring, params, headers } = schema;
  const query = (schema as { query?: unknown }).query;
  return [...byMediaType(body), querystring, query, params, headers].filter((part) => part !== undefined);
}

/** The schemas a route shapes responses with: one for each status, or for each media type of it. */
export function responseParts(schema: FastifySchema): readonly unknown[] {
  return Object.values((schema.response ?? {}) as Record<string, unknown>).flatMap(byMediaType);
}

function byMediaType(part: unknown): readonly unknown[] {
  if (isStandardSchema(part)) return [part];
  const content = (part as { content?: Record<string, { schema?: unknown }> } | undefined)?.content;
  return content === undefined ? [part] : Object.values(content).map(({ schema }) => schema);
}
