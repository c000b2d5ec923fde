import { entriesOf, resolved, type ApiDocument } from "./references.ts";

const deepest = 6;

/** A value that fits a schema, as far as one can be made of it: to begin with. */
export function sampleOf(document: ApiDocument, part: unknown, depth = 0): unknown {
  const schema = resolved(document, part);
  if (schema === undefined || depth > deepest) return null;
  const { default: otherwise, example, examples, const: constant, enum: choices } = schema;
  const given = [otherwise, example, Array.isArray(examples) ? examples[0] : undefined, constant];
  const said = given.find((value) => value !== undefined);
  if (said !== undefined) return said;
  if (Array.isArray(choices)) return choices[0];
  const variant = [schema["oneOf"], schema["anyOf"]].find(Array.isArray)?.[0] as unknown;
  if (variant !== undefined) return sampleOf(document, variant, depth + 1);
  if (Array.isArray(schema["allOf"])) return merged(document, schema["allOf"], depth);
  return byType(document, schema, depth);
}

function merged(document: ApiDocument, parts: readonly unknown[], depth: number): unknown {
  return Object.assign({}, ...parts.map((part) => sampleOf(document, part, depth + 1)));
}

function byType(document: ApiDocument, schema: Readonly<Record<string, unknown>>, depth: number): unknown {
  const { type: types, properties, items, minimum, format } = schema;
  const type: unknown = Array.isArray(types) ? types.find((each) => each !== "null") : types;
  if (type === "object" || properties !== undefined) {
    return Object.fromEntries(
      entriesOf(properties).map(([name, property]) => [name, sampleOf(document, property, depth + 1)]),
    );
  }
  if (type === "array") return items === undefined ? [] : [sampleOf(document, items, depth + 1)];
  if (type === "integer" || type === "number") return typeof minimum === "number" ? minimum : 0;
  if (type === "boolean") return false;
  return type === "string" ? textSample(format) : null;
}

function textSample(format: unknown): string {
  if (format === "date-time") return new Date(0).toISOString();
  if (format === "date") return "1970-01-01";
  if (format === "uuid") return "00000000-0000-0000-0000-000000000000";
  return format === "email" ? "name@example.com" : "";
}
