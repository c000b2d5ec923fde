import { Dir, File } from "@appenv/core";
import { keyStep, show } from "./mismatch.ts";

/** A JSON Schema. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * The keyword by which a schema says that a place holds what JSON has no type for: `datetime` (written as an ISO text),
 * `bigint` (as an integer), `file` and `dir` (as `{ path }`), `undefined` (as null). Others ignore it.
 */
export const markKeyword = "x-appenv";

/** See `markKeyword`. */
export type Mark = "datetime" | "bigint" | "file" | "dir" | "undefined";

/** Whether a schema is asked about JavaScript's values, or about what they are written as. */
export type Side = "value" | "written";

/** The mark of a schema, if it has one. */
export function markOf(schema: Json): Mark | undefined {
  return schema[markKeyword] as Mark | undefined;
}

/** The schema a reference leads to; itself if it is none. */
export function resolve(schema: unknown, root: Json): Json {
  let current = asSchema(schema);
  for (let hops = 0; typeof current["$ref"] === "string" && hops < 32; hops += 1) {
    const { $ref, ...rest } = current;
    const target = asSchema(pointed(String($ref), root));
    current = Object.keys(rest).length === 0 ? target : { ...target, ...rest };
  }
  return current;
}

/** Booleans are schemas too: true takes everything, false nothing. */
export function asSchema(schema: unknown): Json {
  if (schema === false) return { not: {} };
  return typeof schema === "object" && schema !== null ? (schema as Json) : {};
}

function pointed(reference: string, root: Json): unknown {
  if (!reference.startsWith("#")) return {};
  const steps = reference.slice(1).split("/").slice(1);
  let current: unknown = root;
  for (const step of steps) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    current = (current as Record<string, unknown> | undefined)?.[key];
  }
  return current;
}

/** The alternatives of a schema. */
export function alternatives(schema: Json): readonly unknown[] | undefined {
  const list = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(list) ? list : undefined;
}

/** The first alternative that a value fits. */
export function fitting(list: readonly unknown[], value: unknown, root: Json, side: Side): Json | undefined {
  for (const item of list) {
    const schema = resolve(item, root);
    if (problem(schema, value, root, side) === undefined) return schema;
  }
  return undefined;
}

/**
 * What is wrong with a value by the parts of JSON Schema that tell types apart, as the place and a clause; undefined if
 * nothing is. Lengths, limits and patterns are left to the task's own schema.
 */
export function problem(given: unknown, value: unknown, root: Json, side: Side): string | undefined {
  const schema = resolve(given, root);
  const mark = markOf(schema);
  if (mark !== undefined) return problemOfMark(mark, value, side);
  if (typeof schema["not"] === "object" && Object.keys(schema["not"] as object).length === 0)
    return " must not be there";
  if ("const" in schema && !sameJson(schema["const"], value))
    return ` must be ${JSON.stringify(schema["const"])}, but is ${show(value)}`;
  if (Array.isArray(schema["enum"]) && !schema["enum"].some((item) => sameJson(item, value)))
    return ` must be one of ${schema["enum"].map((item) => JSON.stringify(item)).join(", ")}, but is ${show(value)}`;
  const list = alternatives(schema);
  if (list !== undefined && fitting(list, value, root, side) === undefined)
    return ` fits none of its ${list.length} alternatives, but is ${show(value)}`;
  for (const part of (schema["allOf"] as unknown[] | undefined) ?? []) {
    const found = problem(part, value, root, side);
    if (found !== undefined) return found;
  }
  return problemOfType(schema, value) ?? problemOfParts(schema, value, root, side);
}

const wordOf: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  null: "null",
  array: "a list",
  object: "an object",
};

function problemOfType(schema: Json, value: unknown): string | undefined {
  const types = [schema["type"] ?? []].flat() as string[];
  if (types.length === 0 || types.some((type) => isOfType(type, value))) return undefined;
  return ` must be ${types.map((type) => wordOf[type] ?? type).join(" or ")}, but is ${show(value)}`;
}

function isOfType(type: string, value: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isRecord(value);
  if (type === "integer") return typeof value === "bigint" || Number.isInteger(value);
  if (type === "number") return typeof value === "number" || typeof value === "bigint";
  return typeof value === type;
}

/** An object of keys and values: no list, and nothing of a class. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function problemOfMark(mark: Mark, value: unknown, side: Side): string | undefined {
  const fits = side === "value" ? isMarked[mark](value) : isWritten[mark](value);
  return fits ? undefined : ` must be ${markWord[mark]}, but is ${show(value)}`;
}

const markWord: Readonly<Record<Mark, string>> = {
  datetime: "a date",
  bigint: "a whole number",
  file: "a File",
  dir: "a Dir",
  undefined: "undefined",
};

const isMarked: Readonly<Record<Mark, (value: unknown) => boolean>> = {
  datetime: (value) => value instanceof Date,
  bigint: (value) => typeof value === "bigint",
  file: (value) => value instanceof File,
  dir: (value) => value instanceof Dir,
  undefined: (value) => value === undefined,
};

const isWritten: Readonly<Record<Mark, (value: unknown) => boolean>> = {
  datetime: (value) =>
    typeof value === "string" && /^[+-]?\d{4,6}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value)),
  bigint: (value) => typeof value === "bigint" || Number.isSafeInteger(value),
  file: isPath,
  dir: isPath,
  undefined: (value) => value === null || value === undefined,
};

function isPath(value: unknown): boolean {
  return isRecord(value) && typeof value["path"] === "string" && value["path"] !== "";
}

function problemOfParts(schema: Json, value: unknown, root: Json, side: Side): string | undefined {
  if (Array.isArray(value)) return problemOfItems(schema, value, root, side);
  return isRecord(value) ? problemOfProperties(schema, value, root, side) : undefined;
}

function problemOfItems(schema: Json, list: readonly unknown[], root: Json, side: Side): string | undefined {
  const minimum = Number(schema["minItems"] ?? 0);
  if (Array.isArray(schema["prefixItems"]) && list.length < minimum)
    return ` must have at least ${minimum} items, but has ${list.length}`;
  for (const [index, item] of list.entries()) {
    const found = problem(itemSchema(schema, index), item, root, side);
    if (found !== undefined) return `[${index}]${found}`;
  }
  return undefined;
}

/** What an item of a list is. */
export function itemSchema(schema: Json, index: number): unknown {
  const prefix = schema["prefixItems"];
  if (Array.isArray(prefix) && index < prefix.length) return prefix[index] as unknown;
  return schema["items"] ?? {};
}

function problemOfProperties(
  schema: Json,
  value: Readonly<Record<string, unknown>>,
  root: Json,
  side: Side,
): string | undefined {
  for (const key of (schema["required"] as string[] | undefined) ?? []) {
    if (value[key] === undefined && problem(propertySchema(schema, key), undefined, root, side) !== undefined)
      return `${keyStep(key)} is missing`;
  }
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const found = problem(propertySchema(schema, key), item, root, side);
    if (found !== undefined) return `${keyStep(key)}${found}`;
  }
  return undefined;
}

/** What a property of an object is. */
export function propertySchema(schema: Json, key: string): unknown {
  const properties = schema["properties"] as Json | undefined;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return schema["additionalProperties"] ?? {};
}

/** Whether two values are the same as JSON; key order does not matter. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && sameJson((one as Json)[key], (other as Json)[key]));
}
