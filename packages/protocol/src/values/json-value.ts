import { FlyteDir, FlyteFile } from "@appenv/core";
import { type ValueType } from "@appenv/core/internal";
import { isRecord, sameJson } from "./json-schema.ts";
import { inside, keyStep, Mismatch } from "./mismatch.ts";
import { fromWritten, structToJson } from "./struct.ts";
import { writeLiteral, wrong } from "./to-literal.ts";

/**
 * A value as JSON, for people and programs of any language: dates as ISO texts, durations as numbers of seconds, files as
 * their paths, integers beyond 2^53 as texts, nothing as null.
 */
export function valueToJson(type: ValueType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case "list":
      return Array.isArray(value) ? value.map((item) => valueToJson(type.of, item)) : structToJson(value);
    case "map":
      return isRecord(value)
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, valueToJson(type.of, item)]))
        : structToJson(value);
    case "union":
      return valueToJson(variantOf(type.variants, value) ?? { kind: "none" }, value);
    case "datetime":
      return value instanceof Date ? value.toISOString() : structToJson(value);
    case "file":
    case "dir":
      return value instanceof FlyteFile || value instanceof FlyteDir ? value.path : structToJson(value);
    default:
      return structToJson(value);
  }
}

function variantOf(variants: readonly ValueType[], value: unknown): ValueType | undefined {
  return variants.find((variant) => {
    try {
      writeLiteral(variant, value);
      return true;
    } catch (error) {
      if (error instanceof Mismatch) return false;
      throw error;
    }
  });
}

/** The value that JSON stands for, as `valueToJson` writes it. Throws a `Mismatch`. */
export function readJson(type: ValueType, json: unknown): unknown {
  switch (type.kind) {
    case "list":
      return readJsonList(type.of, json);
    case "map":
      return readJsonMap(type.of, json);
    case "union":
      return readJsonUnion(type.variants, json);
    case "none":
      if (json !== null) throw wrong("null", json);
      return type.absent === true ? undefined : null;
    case "struct":
      return fromWritten(type.jsonSchema, json);
    case "file":
    case "dir":
      return readJsonPath(type.kind, json);
    case "datetime":
      return readJsonDate(json);
    case "integer":
      return readJsonInteger(type.bigint === true, json);
    default:
      writeLiteral(type, json);
      return json;
  }
}

function readJsonList(type: ValueType, json: unknown): unknown[] {
  if (!Array.isArray(json)) throw wrong("a list", json);
  return json.map((item, index) => {
    try {
      return readJson(type, item);
    } catch (error) {
      throw inside(`[${index}]`, error);
    }
  });
}

function readJsonMap(type: ValueType, json: unknown): Record<string, unknown> {
  if (!isRecord(json)) throw wrong("an object", json);
  return Object.fromEntries(
    Object.entries(json).map(([key, item]) => {
      try {
        return [key, readJson(type, item)];
      } catch (error) {
        throw inside(keyStep(key), error);
      }
    }),
  );
}

/** The first variant that shows the same JSON again, else the first that takes it: a text that is a date may be either. */
function readJsonUnion(variants: readonly ValueType[], json: unknown): unknown {
  const found = [];
  const errors: Mismatch[] = [];
  for (const variant of variants) {
    try {
      const value = readJson(variant, json);
      found.push({ value, exact: sameJson(valueToJson(variant, value), json) });
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      errors.push(error);
    }
  }
  const chosen = found.find(({ exact }) => exact) ?? found[0];
  if (chosen !== undefined) return chosen.value;
  throw errors.length <= 2 && errors[0] !== undefined ? errors[0] : new Mismatch("fits none of the alternatives");
}

function readJsonPath(kind: "file" | "dir", json: unknown): FlyteFile | FlyteDir {
  const path = isRecord(json) ? json["path"] : json;
  if (typeof path !== "string" || path === "") throw wrong("a path or URI", json);
  return kind === "file" ? new FlyteFile(path) : new FlyteDir(path);
}

function readJsonDate(json: unknown): Date {
  const date = typeof json === "string" ? new Date(json) : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) throw wrong("a date such as 2030-01-31T12:00:00Z", json);
  return date;
}

function readJsonInteger(bigint: boolean, json: unknown): number | bigint {
  if (bigint && typeof json === "string" && /^-?\d+$/.test(json)) return BigInt(json);
  if (!Number.isSafeInteger(json)) throw wrong("a whole number", json);
  return bigint ? BigInt(json as number) : (json as number);
}
