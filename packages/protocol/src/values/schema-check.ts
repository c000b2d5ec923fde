import { FlyteDir, FlyteFile } from "@appenv/core";
import {
  alternatives,
  isRecord,
  itemSchema,
  markOf,
  propertySchema,
  resolve,
  sameJson,
  type Json,
  type Mark,
} from "./json-schema.ts";
import { keyStep, Mismatch, show } from "./mismatch.ts";

/** The kind of values that are checked: JavaScript's own, or their written form. */
export type Side = "value" | "written";

/** A mistake in a value, and its path. */
export interface Problem {
  /** For example `.items[3]`. */
  readonly path: string;
  /** For example `must be a text, but is 5`. */
  readonly what: string;
}

/** Throws a `Mismatch` if a value does not fit a schema. */
export function check(schema: Json, value: unknown, side: Side): void {
  const found = problem(schema, value, schema, side);
  if (found !== undefined) throw new Mismatch(found.what).inside(found.path);
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
 * The first mistake in a value by the parts of JSON Schema that distinguish types, if any. Lengths, limits
 * and patterns are left to the task's own schema.
 */
export function problem(given: unknown, value: unknown, root: Json, side: Side): Problem | undefined {
  const schema = resolve(given, root);
  const mark = markOf(schema);
  if (mark !== undefined) return problemOfMark(mark, value, side);
  const what = problemOfWhole(schema, value, root, side);
  if (what !== undefined) return { path: "", what };
  for (const part of (schema["allOf"] as unknown[] | undefined) ?? []) {
    const found = problem(part, value, root, side);
    if (found !== undefined) return found;
  }
  return problemOfParts(schema, value, root, side);
}

function problemOfWhole(schema: Json, value: unknown, root: Json, side: Side): string | undefined {
  if (isNever(schema)) return "must not be there";
  if ("const" in schema && !sameJson(schema["const"], value))
    return `must be ${JSON.stringify(schema["const"])}, but is ${show(value)}`;
  if (Array.isArray(schema["enum"]) && !schema["enum"].some((item) => sameJson(item, value)))
    return `must be one of ${schema["enum"].map((item) => JSON.stringify(item)).join(", ")}, but is ${show(value)}`;
  const list = alternatives(schema);
  if (list !== undefined && fitting(list, value, root, side) === undefined)
    return `fits none of its ${list.length} alternatives, but is ${show(value)}`;
  return problemOfType(schema, value);
}

function isNever(schema: Json): boolean {
  const not = schema["not"];
  return typeof not === "object" && not !== null && Object.keys(not).length === 0;
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
  return `must be ${types.map((type) => wordOf[type] ?? type).join(" or ")}, but is ${show(value)}`;
}

function isOfType(type: string, value: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isRecord(value);
  if (type === "integer") return typeof value === "bigint" || Number.isInteger(value);
  if (type === "number") return typeof value === "number" || typeof value === "bigint";
  return typeof value === type;
}

function problemOfMark(mark: Mark, value: unknown, side: Side): Problem | undefined {
  const fits = side === "value" ? isMarked[mark](value) : isWritten[mark](value);
  return fits ? undefined : { path: "", what: `must be ${markWord[mark]}, but is ${show(value)}` };
}

const markWord: Readonly<Record<Mark, string>> = {
  datetime: "a date",
  bigint: "a bigint",
  file: "a FlyteFile",
  dir: "a FlyteDir",
  undefined: "undefined",
};

const isMarked: Readonly<Record<Mark, (value: unknown) => boolean>> = {
  datetime: (value) => value instanceof Date,
  bigint: (value) => typeof value === "bigint",
  file: (value) => value instanceof FlyteFile,
  dir: (value) => value instanceof FlyteDir,
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

function problemOfParts(schema: Json, value: unknown, root: Json, side: Side): Problem | undefined {
  if (Array.isArray(value)) return problemOfItems(schema, value, root, side);
  return isRecord(value) ? problemOfProperties(schema, value, root, side) : undefined;
}

function problemOfItems(schema: Json, list: readonly unknown[], root: Json, side: Side): Problem | undefined {
  const minimum = Number(schema["minItems"] ?? 0);
  if (Array.isArray(schema["prefixItems"]) && list.length < minimum)
    return { path: "", what: `must have at least ${minimum} items, but has ${list.length}` };
  for (let index = 0; index < list.length; index += 1) {
    const found = problem(itemSchema(schema, index), list[index], root, side);
    if (found !== undefined) return { ...found, path: `[${index}]${found.path}` };
  }
  return undefined;
}

/** Python's SDK writes null for a property that may be missing and is. */
export function isLeftOut(schema: Json, key: string, written: unknown, root: Json): boolean {
  if (written !== null || (schema["required"] as string[] | undefined)?.includes(key) === true) return false;
  return problem(propertySchema(schema, key), null, root, "written") !== undefined;
}

function problemOfProperties(
  schema: Json,
  value: Readonly<Record<string, unknown>>,
  root: Json,
  side: Side,
): Problem | undefined {
  for (const key of (schema["required"] as string[] | undefined) ?? []) {
    // Inherited properties do not count.
    const isMissing = !Object.hasOwn(value, key) || value[key] === undefined;
    if (isMissing && problem(propertySchema(schema, key), undefined, root, side) !== undefined)
      return { path: keyStep(key), what: "is missing" };
  }
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined || (side === "written" && isLeftOut(schema, key, item, root))) continue;
    const found = problem(propertySchema(schema, key), item, root, side);
    if (found !== undefined) return { ...found, path: keyStep(key) + found.path };
  }
  return undefined;
}
