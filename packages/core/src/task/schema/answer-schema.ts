import type { Schema } from "../options/task-options.ts";
import { structSchema } from "./struct-schema.ts";
import { typeOf } from "./type-of.ts";
import type { ValueType } from "./value-type.ts";
import { zodSchema } from "./zod-schema.ts";

/** The values that a condition takes, as its schema takes them before it transforms them. */
export interface AnswerSchema {
  readonly type: ValueType;
  /** JSON Schema of the same, with the limits that the type does not have: lengths, ranges and patterns. */
  readonly jsonSchema: Readonly<Record<string, unknown>>;
}

/**
 * Reads the values that a schema takes.
 *
 * @param where - Names the schema in errors, for example `schema of condition 'approve'`.
 * @throws AppEnvError NO_LITERAL_TYPE naming the path of what has no literal type.
 */
export function answerSchemaOf(schema: Schema, where: string): AnswerSchema {
  const zod = zodSchema(schema);
  return { type: typeOf(zod, "input", where), jsonSchema: structSchema(zod, "input", where) };
}
