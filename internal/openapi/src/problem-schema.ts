import type { JsonSchema } from "./components.ts";

const text = { type: "string" };

/**
 * The schema of an error answer (RFC 9457).
 *
 * @param required - Further properties that every answer has.
 * @param optional - Further properties that some answers have.
 */
export function problemSchema(required: JsonSchema = {}, optional: JsonSchema = {}): JsonSchema {
  const always = {
    type: { ...text, format: "uri-reference" },
    title: { ...text, description: "The status in words." },
    status: { type: "integer" },
    detail: { ...text, description: "The mistake in this request." },
    code: { ...text, description: "For programs, for example `BODY_TOO_LARGE`." },
    ...required,
  };
  return {
    type: "object",
    description: "An error as RFC 9457 defines it.",
    properties: { ...always, ...optional },
    required: Object.keys(always),
  };
}
