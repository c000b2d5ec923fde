import { toJSONSchema, type z } from "zod";

type Json = Readonly<Record<string, unknown>>;

/** The schemas with a name, by that name. */
export type NamedSchemas = Record<string, unknown>;

/**
 * A schema as AsyncAPI takes it (JSON Schema draft 7). Its named parts are put into `named` and referred to, since a
 * reference in a document starts at the document's root.
 */
export function jsonSchemaOf(schema: z.ZodType, io: "input" | "output", named: NamedSchemas): Json {
  const converted = toJSONSchema(schema, { io, target: "draft-7", unrepresentable: "any", override: writeDates });
  const { $schema: _, definitions = {}, ...json } = converted as Json;
  Object.assign(named, place(definitions));
  return placeRecursion(place(json) as Json, named);
}

function place(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"$ref":"#/definitions/', '"$ref":"#/components/schemas/'));
}

/** A schema that refers to itself as `#` needs a name: `#` is the whole document there. */
function placeRecursion(json: Json, named: NamedSchemas): Json {
  const text = JSON.stringify(json);
  if (!text.includes('"$ref":"#"')) return json;
  const name = String(json["id"] ?? json["title"] ?? `Recursive${Object.keys(named).length + 1}`);
  const reference = { $ref: `#/components/schemas/${name}` };
  named[name] = JSON.parse(text.replaceAll('"$ref":"#"', JSON.stringify(reference).slice(1, -1)));
  return reference;
}

type Override = NonNullable<NonNullable<Parameters<typeof toJSONSchema>[1]>["override"]>;

/** JSON has no dates: `JSON.stringify` writes them so. */
const writeDates: Override = ({ zodSchema: { _zod: internals }, jsonSchema }) => {
  if (internals.def.type === "date") Object.assign(jsonSchema, { type: "string", format: "date-time" });
};
