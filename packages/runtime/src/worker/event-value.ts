import type { Schema } from "@appenv/core";
import { parseValue, valueTypeOf } from "@appenv/core/internal";
import { valueFromJson } from "@appenv/protocol/values";

/** The value of an event as its schema makes it. One that was sent as JSON has texts for dates, and the like. @throws AppEnvError INVALID_INPUT. */
export async function readEventValue(name: string, schema: Schema | undefined, value: unknown): Promise<unknown> {
  if (schema === undefined) return value;
  const what = `The value that the event '${name}' was sent with`;
  try {
    return await parseValue(schema, value, "INVALID_INPUT", what);
  } catch (error) {
    try {
      return await parseValue(schema, valueFromJson(valueTypeOf(schema, what), value), "INVALID_INPUT", what);
    } catch {
      throw error;
    }
  }
}
