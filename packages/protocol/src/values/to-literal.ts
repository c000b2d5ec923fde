import { create } from "@bufbuild/protobuf";
import { timestampFromDate, type Duration } from "@bufbuild/protobuf/wkt";
import { FlyteDir, FlyteFile } from "@appenv/core";
import { type ValueType } from "@appenv/core/internal";
import { LiteralSchema, type Literal, type LiteralType, type Primitive } from "@appenv-internal/flyteidl2/values";
import { isRecord } from "./json-schema.ts";
import { toLiteralType } from "./literal-type.ts";
import { checked, inside, keyStep, Mismatch, show, wellFormed } from "./mismatch.ts";
import { encodeStruct } from "./struct.ts";
import { pathOfUri } from "./path-of-uri.ts";

/** By this key of a literal's metadata, nothing is undefined rather than null where both are possible. */
export const undefinedKey = "appenv.undefined";

/** A value as Flyte's message. @throws AppEnvError INVALID_INPUT if the value is not of the type. */
export function toLiteral(type: ValueType, value: unknown): Literal {
  return checked("INVALID_INPUT", "The value", () => writeLiteral(type, value));
}

/** The same; throws a `Mismatch`. */
export function writeLiteral(type: ValueType, value: unknown): Literal {
  switch (type.kind) {
    case "list":
      return create(LiteralSchema, { value: { case: "collection", value: { literals: writeList(type.of, value) } } });
    case "map":
      return create(LiteralSchema, { value: { case: "map", value: { literals: writeMap(type.of, value) } } });
    case "union":
      return writeUnion(type.variants, value);
    case "none":
      return writeNone(type.absent === true, value);
    case "struct":
      return scalar({ case: "binary", value: { value: encodeStruct(type.jsonSchema, value), tag: "msgpack" } });
    case "file":
    case "dir":
      return writeBlob(type.kind, value);
    default:
      return scalar({ case: "primitive", value: { value: writePrimitive(type, value) } });
  }
}

type ScalarInit = NonNullable<
  NonNullable<
    Extract<NonNullable<Parameters<typeof create<typeof LiteralSchema>>[1]>["value"], { case: "scalar" }>["value"]
  >["value"]
>;

function scalar(value: ScalarInit): Literal {
  return create(LiteralSchema, { value: { case: "scalar", value: { value } } });
}

type PrimitiveValue = Exclude<Primitive["value"], { case: undefined }>;

function writePrimitive(type: ValueType, value: unknown): PrimitiveValue {
  switch (type.kind) {
    case "integer":
      return { case: "integer", value: writeInteger(value, type.bigint === true) };
    case "float":
      if (typeof value !== "number") throw wrong("a number", value);
      return { case: "floatValue", value };
    case "boolean":
      if (typeof value !== "boolean") throw wrong("true or false", value);
      return { case: "boolean", value };
    case "enum":
      if (!type.values.includes(value as string))
        throw wrong(`one of ${type.values.map((item) => JSON.stringify(item)).join(", ")}`, value);
      return { case: "stringValue", value: value as string };
    case "datetime":
      if (!(value instanceof Date)) throw wrong("a Date", value);
      return { case: "datetime", value: timestampFromDate(inRange(value)) };
    case "duration":
      return { case: "duration", value: writeDuration(value) };
    default:
      if (typeof value !== "string") throw wrong("a text", value);
      return { case: "stringValue", value: wellFormed(value) };
  }
}

/** A mismatch that says what a value should be. */
export function wrong(expected: string, value: unknown): Mismatch {
  return new Mismatch(`must be ${expected}, but is ${show(value)}`);
}

function writeInteger(value: unknown, bigint: boolean): bigint {
  if (bigint) {
    if (typeof value === "bigint" && BigInt.asIntN(64, value) === value) return value;
    throw wrong("a bigint of at most 64 bits", value);
  }
  if (!Number.isInteger(value)) throw wrong("a whole number", value);
  if (!Number.isSafeInteger(value))
    throw wrong(`a whole number from -(2^53 - 1) to 2^53 - 1 (larger ones take z.bigint())`, value);
  return BigInt(value as number);
}

/** The range of a timestamp. */
function inRange(date: Date): Date {
  const time = date.getTime();
  if (Number.isNaN(time)) throw new Mismatch("must be a Date, but is an invalid one");
  if (time < Date.UTC(1, 0, 1) - yearOneShift || time > Date.UTC(9999, 11, 31, 23, 59, 59, 999))
    throw new Mismatch(`must be a Date of the years 1 to 9999, but is ${date.toISOString()}`);
  return date;
}

/** `Date.UTC` takes the year 1 for 1901. */
const yearOneShift: number = Date.UTC(1, 0, 1) - Date.parse("0001-01-01T00:00:00Z");

const longestDuration = 315_576_000_000;

function writeDuration(value: unknown): Pick<Duration, "seconds" | "nanos" | "$typeName"> {
  if (typeof value !== "number" || !(Math.abs(value) <= longestDuration))
    throw wrong("a number of seconds, at most 10,000 years", value);
  let seconds = Math.trunc(value);
  let nanos = Math.round((value - seconds) * 1e9);
  if (Math.abs(nanos) === 1e9) {
    seconds += Math.sign(nanos);
    nanos = 0;
  }
  return { $typeName: "google.protobuf.Duration", seconds: BigInt(seconds), nanos };
}

function writeList(type: ValueType, value: unknown): Literal[] {
  if (!Array.isArray(value)) throw wrong("a list", value);
  return Array.from(value, (item: unknown, index) => {
    try {
      return writeLiteral(type, item);
    } catch (error) {
      throw inside(`[${index}]`, error);
    }
  });
}

function writeMap(type: ValueType, value: unknown): Record<string, Literal> {
  if (!isRecord(value)) throw wrong("an object", value);
  const literals: Record<string, Literal> = {};
  // In order of their keys: the same map gives the same bytes.
  for (const key of Object.keys(value).toSorted()) {
    if (key === "__proto__") throw new Mismatch("has a key `__proto__`, which is not allowed");
    try {
      literals[wellFormed(key)] = writeLiteral(type, value[key]);
    } catch (error) {
      throw inside(keyStep(key), error);
    }
  }
  return literals;
}

function writeUnion(variants: readonly ValueType[], value: unknown): Literal {
  const errors: Mismatch[] = [];
  for (const [index, variant] of variants.entries()) {
    if (!couldFit[variant.kind](value)) continue;
    try {
      const literal = writeLiteral(variant, value);
      return scalar({ case: "union", value: { value: literal, type: variantType(variants, index) } });
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      errors.push(error);
    }
  }
  if (errors.length === 1 && errors[0] !== undefined) throw errors[0];
  throw wrong(`one of ${variants.length} types (${variants.map(({ kind }) => kind).join(", ")})`, value);
}

/** A first check of a value against a type, without looking into it. */
const couldFit: Readonly<Record<ValueType["kind"], (value: unknown) => boolean>> = {
  integer: (value) => typeof value === "number" || typeof value === "bigint",
  float: (value) => typeof value === "number",
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  datetime: (value) => value instanceof Date,
  duration: (value) => typeof value === "number",
  none: (value) => value === null || value === undefined,
  file: (value) => value instanceof FlyteFile,
  dir: (value) => value instanceof FlyteDir,
  list: (value) => Array.isArray(value),
  map: (value) => isRecord(value),
  enum: (value) => typeof value === "string",
  union: () => true,
  struct: () => true,
};

const variantTypes = new WeakMap<readonly ValueType[], readonly LiteralType[]>();

function variantType(variants: readonly ValueType[], index: number): LiteralType {
  let types = variantTypes.get(variants);
  if (types === undefined) {
    const { type } = toLiteralType({ kind: "union", variants });
    types = type.case === "unionType" ? type.value.variants : [];
    variantTypes.set(variants, types);
  }
  return types[index] as LiteralType;
}

function writeNone(absent: boolean, value: unknown): Literal {
  if (value !== null && value !== undefined) throw wrong("nothing", value);
  const literal = scalar({ case: "noneType", value: {} });
  if (value === undefined && !absent) literal.metadata[undefinedKey] = "true";
  return literal;
}

function writeBlob(kind: "file" | "dir", value: unknown): Literal {
  if (!(value instanceof (kind === "file" ? FlyteFile : FlyteDir)))
    throw wrong(kind === "file" ? "a FlyteFile" : "a FlyteDir", value);
  const blobType = toLiteralType({ kind }).type;
  if (blobType.case !== "blob") throw new TypeError("A file is a blob.");
  return scalar({ case: "blob", value: { uri: pathOfUri(value.path), metadata: { type: blobType.value } } });
}
