import { AppEnvError, FlyteDir, FlyteFile } from "@appenv/core";
import { durationMs, type ValueType } from "@appenv/core/internal";
import { readJson } from "./json-value.ts";
import { checked, Mismatch } from "./mismatch.ts";

/**
 * A value from the command line: a text as it is, a date, a duration such as `90` or `1m30s`, a path; for a list, a map or
 * a struct its JSON.
 *
 * @throws AppEnvError INVALID_INPUT with what is allowed.
 */
export function valueFromText(type: ValueType, text: string): unknown {
  return checked("INVALID_INPUT", "The value", () => readText(type, text));
}

/** The same; throws a `Mismatch`. */
export function readText(type: ValueType, text: string): unknown {
  switch (type.kind) {
    case "string":
      return text;
    case "enum":
      if (type.values.includes(text)) return text;
      throw new Mismatch(`must be one of ${type.values.join(", ")}, but is ${JSON.stringify(text)}`);
    case "integer":
      if (!/^[+-]?\d+$/.test(text)) throw notRead("a whole number", text);
      return type.bigint === true ? BigInt(text.replace("+", "")) : readJson(type, Number(text));
    case "float":
      if (text.trim() === "" || Number.isNaN(Number(text))) throw notRead("a number", text);
      return Number(text);
    case "boolean":
      if (text !== "true" && text !== "false") throw notRead("true or false", text);
      return text === "true";
    case "duration":
      return readDuration(text);
    case "file":
      return new FlyteFile(nonEmpty(text));
    case "dir":
      return new FlyteDir(nonEmpty(text));
    case "none":
      if (text !== "" && text !== "null") throw notRead("null", text);
      return type.absent === true ? undefined : null;
    case "union":
      return readUnion(type.variants, text);
    case "datetime":
      return readJson(type, text);
    default:
      return readJson(type, parse(type.kind, text));
  }
}

function notRead(expected: string, text: string): Mismatch {
  return new Mismatch(`must be ${expected}, but is ${JSON.stringify(text)}`);
}

function nonEmpty(text: string): string {
  if (text === "") throw notRead("a path or URI", text);
  return text;
}

function readDuration(text: string): number {
  try {
    return durationMs(/^\d+(\.\d+)?$/.test(text) ? Number(text) : text, "The value") / 1_000;
  } catch (error) {
    if (AppEnvError.is(error)) throw notRead('a number of seconds, or a text such as "30s", "5m" or "1h"', text);
    throw error;
  }
}

/** Types that take any text come last. */
const lastResorts: ReadonlySet<ValueType["kind"]> = new Set(["file", "dir", "string"]);

function readUnion(variants: readonly ValueType[], text: string): unknown {
  const ordered = [
    ...variants.filter(({ kind }) => !lastResorts.has(kind)),
    ...variants.filter(({ kind }) => lastResorts.has(kind)),
  ];
  const hasText = variants.some(({ kind }) => kind === "string");
  const errors: Mismatch[] = [];
  for (const variant of ordered) {
    if (variant.kind === "none" && hasText) continue;
    try {
      return readText(variant, text);
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      if (variant.kind !== "none") errors.push(error);
    }
  }
  if (errors.length === 1 && errors[0] !== undefined) throw errors[0];
  throw new Mismatch(`fits none of its alternatives: it ${errors.map(({ message }) => message).join("; ")}`);
}

function parse(kind: "list" | "map" | "struct", text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const what = { list: "a list as JSON, such as [1, 2]", map: 'an object as JSON, such as {"a": 1}', struct: "JSON" }[
      kind
    ];
    throw new Mismatch(`must be ${what}, but is ${JSON.stringify(text.slice(0, 60))} (${(error as Error).message})`);
  }
}
