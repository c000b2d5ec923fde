/**
 * What a value is on the control plane: Flyte's literal types in plain data. Read from a zod schema by `valueTypeOf`,
 * written in Flyte's messages by `@appenv/protocol`.
 */
export type ValueType =
  | { readonly kind: "integer" | "float" | "string" | "boolean" | "datetime" | "duration" | "none" | "file" | "dir" }
  | { readonly kind: "list"; readonly of: ValueType }
  /** An object with any keys and values of one type. */
  | { readonly kind: "map"; readonly of: ValueType }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  /** One of several; a value is written as the first that fits. An optional value is a union with `none`. */
  | { readonly kind: "union"; readonly variants: readonly ValueType[] }
  /** An object of named fields, or anything else that JSON Schema describes. Written as msgpack. */
  | { readonly kind: "struct"; readonly jsonSchema: Readonly<Record<string, unknown>> };

/** One input of a task. */
export interface InputVariable {
  readonly name: string;
  readonly type: ValueType;
  /** For people. */
  readonly description?: string;
  /** What it is if it is not given; undefined: it must be given. `{ value: null }` for an optional one. */
  readonly preset?: { readonly value: unknown };
}

/** What a task takes and gives. */
export interface TaskInterface {
  /** In alphabetical order of their names. */
  readonly inputs: readonly InputVariable[];
  /** Undefined: it gives nothing. On the control plane it is named `o0`. */
  readonly output: ValueType | undefined;
}
