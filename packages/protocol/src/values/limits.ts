import { alternatives, isRecord, itemSchema, markOf, propertySchema, resolve, type Json } from "./json-schema.ts";
import { keyStep } from "./mismatch.ts";
import { fitting, type Problem } from "./schema-check.ts";

/**
 * The first place where JSON that is of the right type is beyond a limit of its schema: lengths, ranges, patterns and numbers
 * of items.
 */
export function problemOfLimits(given: unknown, json: unknown, root: Json): Problem | undefined {
  const schema = resolve(given, root);
  if (markOf(schema) !== undefined) return undefined;
  const list = alternatives(schema);
  if (list !== undefined) return problemOfAlternatives(list, json, root);
  for (const part of (schema["allOf"] as unknown[] | undefined) ?? []) {
    const found = problemOfLimits(part, json, root);
    if (found !== undefined) return found;
  }
  const what = problemOfWhole(schema, json);
  return what === undefined ? problemOfParts(schema, json, root) : { path: "", what };
}

/** A value that is within the limits of one alternative is fine; else the mistake is that of the first of its type. */
function problemOfAlternatives(list: readonly unknown[], json: unknown, root: Json): Problem | undefined {
  const found = list
    .filter((each) => fitting([each], json, root, "written") !== undefined)
    .map((each) => problemOfLimits(each, json, root));
  return found.includes(undefined) ? undefined : found[0];
}

function problemOfWhole(schema: Json, json: unknown): string | undefined {
  if (typeof json === "number") return problemOfNumber(schema, json);
  if (typeof json === "string") return problemOfText(schema, json);
  if (Array.isArray(json)) return problemOfCount(schema, json.length, ["minItems", "maxItems"], "items");
  if (!isRecord(json)) return undefined;
  return problemOfCount(schema, Object.keys(json).length, ["minProperties", "maxProperties"], "entries");
}

function problemOfNumber(schema: Json, value: number): string | undefined {
  const of = (keyword: string): number | undefined => numberOf(schema, keyword);
  const [minimum, maximum, above, below] = [
    of("minimum"),
    of("maximum"),
    of("exclusiveMinimum"),
    of("exclusiveMaximum"),
  ];
  if (minimum !== undefined && value < minimum) return `must be ${minimum} or more, but is ${value}`;
  if (maximum !== undefined && value > maximum) return `must be ${maximum} or less, but is ${value}`;
  if (above !== undefined && value <= above) return `must be more than ${above}, but is ${value}`;
  if (below !== undefined && value >= below) return `must be less than ${below}, but is ${value}`;
  const step = of("multipleOf");
  // 0.3 is a multiple of 0.1 for people, though not in binary.
  const isMultiple = step === undefined || Math.abs(value / step - Math.round(value / step)) < 1e-9;
  return isMultiple ? undefined : `must be a multiple of ${step}, but is ${value}`;
}

function problemOfText(schema: Json, value: string): string | undefined {
  const wrongLength = problemOfCount(schema, value.length, ["minLength", "maxLength"], "characters");
  if (wrongLength !== undefined) return wrongLength;
  const pattern = schema["pattern"];
  if (typeof pattern !== "string" || matches(pattern, value)) return undefined;
  const format = schema["format"];
  return typeof format === "string" ? `must be of the format ${format}` : `must match the pattern ${pattern}`;
}

/** A pattern that this engine cannot read is left to the task's own schema. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true;
  }
}

function problemOfCount(
  schema: Json,
  count: number,
  [least, most]: readonly [string, string],
  unit: string,
): string | undefined {
  const [minimum, maximum] = [numberOf(schema, least), numberOf(schema, most)];
  if (minimum !== undefined && count < minimum) {
    return minimum === 1 ? "must not be empty" : `must have at least ${minimum} ${unit}, but has ${count}`;
  }
  if (maximum !== undefined && count > maximum) return `must have at most ${maximum} ${unit}, but has ${count}`;
  return undefined;
}

function numberOf(schema: Json, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === "number" ? value : undefined;
}

function problemOfParts(schema: Json, json: unknown, root: Json): Problem | undefined {
  if (!Array.isArray(json) && !isRecord(json)) return undefined;
  const parts = Array.isArray(json)
    ? json.map((item, index) => [`[${index}]`, itemSchema(schema, index), item] as const)
    : Object.entries(json).map(([key, item]) => [keyStep(key), propertySchema(schema, key), item] as const);
  for (const [step, part, item] of parts) {
    const found = problemOfLimits(part, item, root);
    if (found !== undefined) return { ...found, path: step + found.path };
  }
  return undefined;
}
