import * as zod from "zod/v4/core";
import type { StandardSchema } from "../schemas/standard-schema.ts";
import type { Direction, JsonSchema } from "./components.ts";

/**
 * The JSON schema of a schema of zod or another library; `{}`, which allows anything, if there is none.
 * A name given by `.meta({ id })` is in `id`, and named parts are in `$defs`.
 */
export function jsonSchemaOf(schema: StandardSchema, direction: Direction): JsonSchema {
  const { $schema: _, ...json } = isZod(schema) ? fromZod(schema, direction) : fromStandard(schema, direction);
  return namedIfRecursive(json);
}

function isZod(schema: StandardSchema): schema is StandardSchema & zod.$ZodType {
  return "_zod" in schema;
}

function fromStandard(schema: StandardSchema, direction: Direction): JsonSchema {
  try {
    return schema["~standard"].jsonSchema?.[direction]({ target: "draft-2020-12" }) ?? {};
  } catch {
    return {};
  }
}

function fromZod(schema: zod.$ZodType, direction: Direction): JsonSchema {
  let codec = false;
  const json = convert(schema, direction, ({ _zod: { traits } }) => (codec ||= traits.has("$ZodCodec")));
  // What a codec puts out is for the handler: on the wire is its input, in both directions.
  return codec && direction === "output" ? convert(schema, "input", () => undefined) : json;
}

function convert(schema: zod.$ZodType, io: Direction, visit: (part: zod.$ZodType) => void): JsonSchema {
  return zod.toJSONSchema(schema, {
    io,
    target: "draft-2020-12",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      visit(zodSchema);
      const { _zod: internals } = zodSchema;
      // A response may gain properties later; that today's has no others needs no second form of a named schema.
      if (internals.def.type === "object" && internals.def.catchall === undefined)
        delete jsonSchema.additionalProperties;
      // JSON has no dates: `JSON.stringify` writes them so.
      if (internals.def.type === "date") Object.assign(jsonSchema, { type: "string", format: "date-time" });
    },
  }) as JsonSchema;
}

/** A schema that refers to itself as `#` needs a name, since `#` is the whole document there. */
function namedIfRecursive(json: JsonSchema): JsonSchema {
  const text = JSON.stringify(json);
  if (!text.includes('"$ref":"#"')) return json;
  const id = String(json["id"] ?? json["title"] ?? "Recursive");
  return { ...(JSON.parse(text.replaceAll('"$ref":"#"', `"$ref":${JSON.stringify(`#/$defs/${id}`)}`)) as object), id };
}
