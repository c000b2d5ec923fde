import { invalidOption } from "../errors/invalid-option.ts";
import { parseValue } from "./schema/parse.ts";
import type { Schema } from "./options/task-options.ts";
import { toJson } from "./json-metadata.ts";
import type { TaskStream } from "./task-stream.ts";

/** A stream of a task that is called as a plain function: values are checked, and nobody reads them. */
export function localStream(name: string, schema?: Schema): TaskStream {
  checkStreamName(name);
  const write = async (value: unknown): Promise<void> => {
    await streamJson(name, value, schema);
  };
  return {
    name,
    write,
    pipe: async (values) => {
      for await (const value of values) await write(value);
    },
    close: () => Promise.resolve(),
  };
}

/** @throws AppEnvError INVALID_OPTION. */
export function checkStreamName(name: string): void {
  if (typeof name === "string" && /^[\w.-]{1,100}$/.test(name) && /\w/.test(name)) return;
  throw invalidOption("name of a stream", name, "1 to 100 letters, digits, '_', '-' and '.'");
}

/** A value of a stream as JSON. @throws AppEnvError INVALID_INPUT. */
export function streamJson(name: string, value: unknown, schema: Schema | undefined): string | Promise<string> {
  const what = `A value of the stream '${name}'`;
  if (schema === undefined) return toJson(value, what);
  return parseValue(schema, value, "INVALID_INPUT", what).then((parsed) => toJson(parsed, what));
}
