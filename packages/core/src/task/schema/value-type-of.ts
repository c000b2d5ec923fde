import { typeAndDefaultOf } from "./default.ts";
import { noLiteralType } from "./refusal.ts";
import type { Schema } from "../options/task-options.ts";
import { typeOf } from "./type-of.ts";
import type { InputVariable, TaskInterface, ValueType } from "./value-type.ts";
import { defOf, descriptionOf, part, sideOfPipe, zodSchema, type ZodSchema } from "./zod-schema.ts";

/**
 * The interface of a task, from its schemas: inputs as they are before zod transforms them, the output as it
 * is afterwards.
 *
 * @param where - Names the task in errors, for example `task 'add'`.
 * @throws AppEnvError NO_LITERAL_TYPE naming the path of what has no literal type.
 */
export function taskInterfaceOf(input: Schema | undefined, output: Schema | undefined, where: string): TaskInterface {
  return {
    inputs: input === undefined ? [] : inputsOf(zodSchema(input), `${where}: input`),
    output: output === undefined ? undefined : valueTypeOf(output, `${where}: output`),
  };
}

/**
 * The type of a schema's output, on the control plane.
 *
 * @param where - Begins the path in errors, for example `trace 'fetch'`.
 * @throws AppEnvError NO_LITERAL_TYPE naming the path of what has no literal type.
 */
export function valueTypeOf(schema: Schema, where: string): ValueType {
  return typeOf(zodSchema(schema), "output", where);
}

function inputsOf(input: ZodSchema, path: string): readonly InputVariable[] {
  const { shape, catchall } = defOf(objectOf(input, path));
  if (catchall !== undefined && defOf(catchall).type !== "never")
    throw noLiteralType(
      path,
      "takes keys that it does not name",
      "Name every input; take others as z.record(...) in one.",
    );
  return Object.entries(part(shape))
    .map(([name, schema]) => inputOf(name, schema, path))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function inputOf(name: string, schema: ZodSchema, path: string): InputVariable {
  const description = descriptionOf(schema);
  return {
    name,
    ...typeAndDefaultOf(schema, `${path}.${name}`),
    ...(description === undefined ? {} : { description }),
  };
}

/** The object whose keys are the inputs. */
function objectOf(schema: ZodSchema, path: string): ZodSchema {
  const def = defOf(schema);
  if (def.type === "object") return schema;
  if (def.type === "pipe") return objectOf(sideOfPipe(def, "input"), path);
  if (def.type === "readonly") return objectOf(part(def.innerType), path);
  if (def.type === "lazy") return objectOf(part(def.getter)(), path);
  throw noLiteralType(path, "is no object", "Write z.object({ ... }): its keys are the names of the inputs.");
}
