import * as zod from "zod/v4/core";
import type { Direction, JsonSchema } from "./components.ts";
import type { StandardSchema } from "./standard-schema.ts";

/** The options of `z.toJSONSchema` with which zod's schemas are described. */
export type ZodOptions = NonNullable<Parameters<typeof zod.toJSONSchema>[1]>;

/**
 * The JSON schema of a schema of zod or another library; `{}`, which allows anything, if there is none.
 * A name given by `.meta({ id })` is in `id`, and named parts are in `$defs`.
 */
export function jsonSchemaOf(schema: StandardSchema, direction: Direction): JsonSchema {
  if (!isZod(schema)) return finished(fromStandard(schema, direction));
  return zodJsonSchema(direction, (options) => zod.toJSONSchema(schema, options) as JsonSchema);
}

/** The same where only a function can be reached that calls `z.toJSONSchema`. */
export function zodJsonSchema(direction: Direction, convert: (options: ZodOptions) => JsonSchema): JsonSchema {
  let codec = false;
  const json = convert(zodOptions(direction, ({ _zod: { traits } }) => (codec ||= traits.has("$ZodCodec"))));
  // What a codec puts out is for the handler: on the wire is its input, in both directions.
  return finished(codec && direction === "output" ? convert(zodOptions("input", () => undefined)) : json);
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

function zodOptions(io: Direction, visit: (part: zod.$ZodType) => void): ZodOptions {
  return {
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
  };
}

/** A schema that refers to itself as `#` needs a name, since `#` is the whole document there. */
function finished(schema: JsonSchema): JsonSchema {
  const { $schema: _, ...json } = schema;
  const text = JSON.stringify(json);
  if (!text.includes('"$ref":"#"')) return json;
  const id = String(json["id"] ?? json["title"] ?? "Recursive");
  return { ...(JSON.parse(text.replaceAll('"$ref":"#"', `"$ref":${JSON.stringify(`#/$defs/${id}`)}`)) as object), id };
}
