/** A JSON Schema. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * The keyword by which a schema says that a place holds what JSON has no type for: `datetime` (written as an ISO text),
 * `bigint` (as an integer), `file` and `dir` (as `{ path }`), `undefined` (as null). Others ignore it.
 */
export const markKeyword = "x-appenv";

/** See `markKeyword`. */
export type Mark = "datetime" | "bigint" | "file" | "dir" | "undefined";

/** The mark of a schema, if it has one. */
export function markOf(schema: Json): Mark | undefined {
  return schema[markKeyword] as Mark | undefined;
}

const marked = new WeakMap<Json, boolean>();

/** True if there is a mark anywhere in a schema. */
export function hasMarks(schema: Json): boolean {
  let known = marked.get(schema);
  if (known === undefined) {
    known = JSON.stringify(schema).includes(`"${markKeyword}"`);
    marked.set(schema, known);
  }
  return known;
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

/** The schema of an item of a list. */
export function itemSchema(schema: Json, index: number): unknown {
  const prefix = schema["prefixItems"];
  if (Array.isArray(prefix) && index < prefix.length) return prefix[index] as unknown;
  return schema["items"] ?? {};
}

/** The schema of a property of an object. */
export function propertySchema(schema: Json, key: string): unknown {
  const properties = schema["properties"] as Json | undefined;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return schema["additionalProperties"] ?? {};
}

/** True if two values are the same as JSON, in any order of keys. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && sameJson((one as Json)[key], (other as Json)[key]));
}

/** An object of keys and values: no list, and nothing of a class. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
