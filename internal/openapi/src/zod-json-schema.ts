import type * as zod from "zod/v4/core";
import { definitionRef, type Direction, type JsonSchema } from "./components.ts";

/** The options of zod's `toJSONSchema` with which schemas are described. */
export type ZodOptions = NonNullable<Parameters<typeof zod.toJSONSchema>[1]>;

/** The JSON schema of a schema of zod where only a function can be reached that calls `toJSONSchema` with it. */
export async function zodJsonSchema(
  convert: (options: ZodOptions) => JsonSchema | Promise<JsonSchema>,
  direction: Direction,
): Promise<JsonSchema> {
  const seen = { codec: false };
  const json = await convert(zodOptions(direction, seen));
  return finished(onlyForHandlers(seen, direction) ? await convert(zodOptions("input")) : json);
}

/** True if the schema was described as handlers see it: a codec's output is for them, and its input is on the wire. */
export function onlyForHandlers(seen: { readonly codec: boolean }, direction: Direction): boolean {
  return seen.codec && direction === "output";
}

/** The version of JSON Schema to write. AsyncAPI takes draft 7. */
export type Target = "draft-2020-12" | "draft-7";

/** @param seen - `codec` is set if the schema has one. */
export function zodOptions(
  io: Direction,
  seen: { codec: boolean } = { codec: false },
  target: Target = "draft-2020-12",
): ZodOptions {
  return {
    io,
    target,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const { _zod: internals } = zodSchema;
      seen.codec ||= internals.traits.has("$ZodCodec");
      // A response may gain properties later; that today's has no others needs no second form of a named schema.
      if (internals.def.type === "object" && internals.def.catchall === undefined)
        delete jsonSchema.additionalProperties;
      // JSON has no dates: `JSON.stringify` writes them so.
      if (internals.def.type === "date") Object.assign(jsonSchema, { type: "string", format: "date-time" });
    },
  };
}

/** A schema that refers to itself as `#` needs a name, since `#` is the whole document there. */
export function finished(schema: JsonSchema): JsonSchema {
  const { $schema: _, ...json } = withDefs(schema);
  const text = JSON.stringify(json);
  if (!text.includes('"$ref":"#"')) return json;
  const id = String(json["id"] ?? json["title"] ?? "Recursive");
  return {
    ...(JSON.parse(text.replaceAll('"$ref":"#"', `"$ref":${JSON.stringify(definitionRef(id))}`)) as object),
    id,
  };
}

/** Draft 7 has `definitions` for `$defs`. */
function withDefs(schema: JsonSchema): JsonSchema {
  const { definitions, ...json } = schema;
  if (definitions === undefined) return schema;
  const text = JSON.stringify({ ...json, $defs: definitions });
  return JSON.parse(text.replaceAll('"$ref":"#/definitions/', '"$ref":"#/$defs/')) as JsonSchema;
}
