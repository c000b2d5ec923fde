import type { Schema } from "./task-options.ts";
import type { TaskInterface, ValueType } from "./value-type.ts";

// To be replaced by value-type-of.ts.
export function valueTypeOf(schema: Schema, _where: string): ValueType {
  const type = schema._zod.def.type;
  if (type === "number") return { kind: "integer" };
  if (type === "string" || type === "boolean") return { kind: type };
  return { kind: "struct", jsonSchema: {} };
}

export function taskInterfaceOf(input: Schema | undefined, output: Schema | undefined, where: string): TaskInterface {
  const shape = (input?._zod.def as { shape?: Record<string, Schema> } | undefined)?.shape ?? {};
  const inputs = Object.entries(shape).map(([name, schema]) => ({ name, type: valueTypeOf(schema, where) }));
  return { inputs, output: output === undefined ? undefined : valueTypeOf(output, where) };
}
