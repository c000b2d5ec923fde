import * as zod from "zod/v4/core";
import type { Direction, JsonSchema } from "./components.ts";
import type { StandardSchema } from "./standard-schema.ts";
import { finished, onlyForHandlers, zodOptions, type Target } from "./zod-json-schema.ts";

/**
 * The JSON schema of a schema of zod or another library; `{}`, which allows anything, if there is none.
 * A name given by `.meta({ id })` is in `id`, and named parts are in `$defs`.
 */
export function jsonSchemaOf(
  schema: StandardSchema,
  direction: Direction,
  target: Target = "draft-2020-12",
): JsonSchema {
  if (!isZod(schema)) return finished(fromStandard(schema, direction, target));
  const seen = { codec: false };
  const json = zod.toJSONSchema(schema, zodOptions(direction, seen, target));
  const isOther = onlyForHandlers(seen, direction);
  return finished(isOther ? zod.toJSONSchema(schema, zodOptions("input", undefined, target)) : json);
}

function isZod(schema: StandardSchema): schema is StandardSchema & zod.$ZodType {
  return "_zod" in schema;
}

function fromStandard(schema: StandardSchema, direction: Direction, target: Target): JsonSchema {
  try {
    return schema["~standard"].jsonSchema?.[direction]({ target: target === "draft-7" ? "draft-07" : target }) ?? {};
  } catch {
    return {};
  }
}
