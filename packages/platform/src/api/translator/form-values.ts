import { AppEnvError } from "@appenv/core";
import { type ValueType } from "@appenv/core/internal";
import { valueFromJson, valueFromText, valueToJson } from "@appenv/protocol/tasks";
import { asSchema, dimensionality, type FormSchema } from "./form-schema.ts";

/** A value as a form shows it: like JSON, but durations are texts, files are objects and nothing is `{ type: "null" }`. */
export function toForm(type: ValueType, value: unknown): unknown {
  if (value === null || value === undefined) return { type: "null" };
  switch (type.kind) {
    case "duration":
      return `${String(value)}s`;
    case "file":
    case "dir":
      return { uri: valueToJson(type, value), format: "", dimensionality: dimensionality(type.kind) };
    case "list":
      return (value as readonly unknown[]).map((item) => toForm(type.of, item));
    case "map":
      return mapValues(value as Record<string, unknown>, (item) => toForm(type.of, item));
    case "union":
      return toForm(type.variants.find((variant) => fits(variant, value)) ?? { kind: "none" }, value);
    default:
      return valueToJson(type, value);
  }
}

/** The value of what stands in a form. @throws AppEnvError INVALID_INPUT. */
export function fromForm(type: ValueType, json: unknown): unknown {
  switch (type.kind) {
    case "none":
      return valueFromJson(type, isNull(json) ? null : json);
    case "duration":
      return typeof json === "string" ? valueFromText(type, json) : valueFromJson(type, json);
    case "file":
    case "dir":
      return valueFromJson(type, uriOf(json));
    case "list":
      return Array.isArray(json) ? json.map((item) => fromForm(type.of, item)) : valueFromJson(type, json);
    case "map":
      if (typeof json !== "object" || json === null || Array.isArray(json)) return valueFromJson(type, json);
      return mapValues(json as Record<string, unknown>, (item) => fromForm(type.of, item));
    case "union":
      return fromUnion(type, json);
    default:
      return valueFromJson(type, json);
  }
}

/** The value in a field of a form: its default, or the defaults of the fields in it; undefined if there is none. */
export function formDefault(schema: FormSchema): unknown {
  const { default: own, type, properties } = schema;
  if (own !== undefined || type !== "object" || typeof properties !== "object" || properties === null) return own;
  const inner = Object.entries(properties).flatMap(([name, part]) => {
    const found = formDefault(asSchema(part, name));
    return found === undefined ? [] : [[name, found]];
  });
  return inner.length === 0 ? undefined : Object.fromEntries(inner);
}

function fromUnion(type: Extract<ValueType, { kind: "union" }>, json: unknown): unknown {
  const none = type.variants.find(({ kind }) => kind === "none");
  if (none !== undefined && isNull(json)) return fromForm(none, json);
  for (const variant of type.variants) {
    try {
      return fromForm(variant, json);
    } catch (error) {
      if (!AppEnvError.is(error)) throw error;
    }
  }
  // Says what would have been allowed.
  return valueFromJson(type, json);
}

function fits(type: ValueType, value: unknown): boolean {
  try {
    return valueFromJson(type, valueToJson(type, value)) !== undefined;
  } catch (error) {
    if (AppEnvError.is(error)) return false;
    throw error;
  }
}

function isNull(json: unknown): boolean {
  return json === null || (typeof json === "object" && (json as { type?: unknown }).type === "null");
}

function uriOf(json: unknown): unknown {
  return typeof json === "object" && json !== null && "uri" in json ? json.uri : json;
}

function mapValues(
  record: Readonly<Record<string, unknown>>,
  change: (value: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
