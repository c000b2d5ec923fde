import type { FastifyInstance, FastifySchema } from "fastify";
import { isFrameworkHandler } from "../errors/hide-unexpected.ts";
import { requestParts } from "../schemas/schema-parts.ts";

const text = { type: "string" };

/** The form of Fastify's own errors. */
const failure = {
  type: "object",
  properties: { statusCode: { type: "integer" }, code: text, error: text, message: text },
  required: ["statusCode", "error", "message"],
};

/**
 * A described schema with what Fastify answers before the handler is called: 400 to what does not fit, 415 to a body of
 * another type. The route's own answers stay.
 */
export function withRefusals(described: FastifySchema, instance: FastifyInstance): FastifySchema {
  const declared = (described.response ?? {}) as Readonly<Record<string, unknown>>;
  const isSaid = (status: string): boolean => [status, "4xx", "4XX", "default"].some((key) => key in declared);
  const added: Record<string, object> = {};
  if (requestParts(described).length > 0 && !isSaid("400")) {
    added["400"] = refusal("The request does not fit its schema", instance);
  }
  if (described.body !== undefined && !isSaid("415")) {
    added["415"] = refusal("The body is of a type that is not read", instance);
  }
  if (Object.keys(added).length === 0) return described;
  const others = Object.keys(declared).length === 0 ? { 200: { description: "Default Response", type: "null" } } : {};
  return { ...described, response: { ...others, ...declared, ...added } };
}

/** Describes the form of the answer only where it is that of Fastify's own error handler. */
function refusal(description: string, instance: FastifyInstance): object {
  const isOwn = isFrameworkHandler(instance.errorHandler);
  return { description, content: { "application/json": { schema: isOwn ? failure : {} } } };
}
