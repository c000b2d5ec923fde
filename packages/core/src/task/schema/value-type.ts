/**
 * The type of a value on the control plane: Flyte's literal types in plain data. Read from a zod schema by `valueTypeOf`,
 * written in Flyte's messages by `@appenv/protocol`.
 */
export type ValueType =
  | { readonly kind: "float" | "string" | "boolean" | "datetime" | "file" | "dir" }
  /** 64 bits. With `bigint` it is one in JavaScript, else a number, which must be a safe integer. */
  | { readonly kind: "integer"; readonly bigint?: true }
  /** A length of time; in JavaScript a number of seconds. */
  | { readonly kind: "duration" }
  /** Nothing: in JavaScript null, or with `absent` undefined. */
  | { readonly kind: "none"; readonly absent?: true }
  | { readonly kind: "list"; readonly of: ValueType }
  /** An object with any keys and values of one type. */
  | { readonly kind: "map"; readonly of: ValueType }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  /** One of several; a value is written as the first that fits. An optional value is a union with `none`. */
  | { readonly kind: "union"; readonly variants: readonly ValueType[] }
  /** An object of named fields, or anything else that JSON Schema describes. Written as msgpack. */
  | { readonly kind: "struct"; readonly jsonSchema: Readonly<Record<string, unknown>> };

/**
 * The outputs of a task that has several, as Python's may: in JavaScript a list of them, or an object if they have names
 * of their own, and are not `o0`, `o1` and so on.
 */
export interface SeveralOutputs {
  readonly kind: "outputs";
  readonly of: readonly { readonly name: string; readonly type: ValueType }[];
}

/** The type of the output of a task. */
export type OutputType = ValueType | SeveralOutputs;

/** One input of a task. */
export interface InputVariable {
  readonly name: string;
  readonly type: ValueType;
  /** For people. */
  readonly description?: string;
  /** The value of an input that is not given; undefined: it must be given. `{ value: null }` for an optional one. */
  readonly default?: { readonly value: unknown };
}

/** The inputs and the output of a task. */
export interface TaskInterface {
  /** In alphabetical order of their names. */
  readonly inputs: readonly InputVariable[];
  /** Undefined: it gives nothing. On the control plane it is named `o0`; several are `o0`, `o1` and so on. */
  readonly output: OutputType | undefined;
}
