import { timestampDate, type Timestamp } from "@bufbuild/protobuf/wkt";
import { FlyteDir, FlyteFile } from "@appenv/core";
import { type ValueType } from "@appenv/core/internal";
import type { Literal, LiteralType, Primitive, Scalar } from "@appenv-internal/flyteidl2/values";
import { sameJson } from "./json-schema.ts";
import { fromLiteralType } from "./literal-type.ts";
import { checked, inside, keyStep, Mismatch } from "./mismatch.ts";
import { decodeStruct, fromWritten } from "./struct.ts";
import { undefinedKey } from "./to-literal.ts";
import { pathOfUri } from "./path-of-uri.ts";

/** A value from Flyte's message, whoever wrote it. @throws AppEnvError INVALID_INPUT if it is not of the type. */
export function fromLiteral(type: ValueType, literal: Literal): unknown {
  return checked("INVALID_INPUT", "The literal", () => readLiteral(type, literal));
}

/** The same; throws a `Mismatch`. */
export function readLiteral(type: ValueType, { value, metadata }: Literal): unknown {
  if (type.kind === "union") return readUnion(type.variants, value, metadata);
  if (value.case === "collection") return readList(type, value.value.literals);
  if (value.case === "map") return readMap(type, value.value.literals);
  if (value.case === "scalar") return readScalar(type, value.value.value, metadata);
  if (value.case === "offloadedMetadata") throw new Mismatch(`is stored elsewhere, at ${value.value.uri}`);
  if (type.kind === "none") return readNone(type, metadata);
  throw new Mismatch("has no value");
}

type Metadata = Literal["metadata"];

function readList(type: ValueType, literals: readonly Literal[]): unknown[] {
  if (type.kind !== "list") throw unexpected(type, "a list");
  return literals.map((literal, index) => {
    try {
      return readLiteral(type.of, literal);
    } catch (error) {
      throw inside(`[${index}]`, error);
    }
  });
}

function readMap(type: ValueType, literals: Readonly<Record<string, Literal>>): Record<string, unknown> {
  if (type.kind !== "map") throw unexpected(type, "a map");
  const read = Object.entries(literals).map(([key, literal]) => {
    try {
      return [key, readLiteral(type.of, literal)] as const;
    } catch (error) {
      throw inside(keyStep(key), error);
    }
  });
  return Object.fromEntries(read);
}

function readUnion(variants: readonly ValueType[], value: Literal["value"], metadata: Metadata): unknown {
  if (value.case === "scalar" && value.value.value.case === "union") {
    const { value: literal, type } = value.value.value.value;
    if (literal === undefined) throw new Mismatch("is a union without a value");
    return readFirst(inOrder(variants, type), literal);
  }
  // Not wrapped, as a client may write it that knows of no union here.
  return readFirst(variants, { value, metadata } as Literal);
}

/** The variant the literal names first. */
function inOrder(variants: readonly ValueType[], named: LiteralType | undefined): readonly ValueType[] {
  if (named === undefined) return variants;
  const type = fromLiteralType(named);
  const same = variants.find((variant) => sameJson(variant, type));
  if (same !== undefined) return [same];
  return [...variants].toSorted((one, other) => Number(other.kind === type.kind) - Number(one.kind === type.kind));
}

function readFirst(variants: readonly ValueType[], literal: Literal): unknown {
  let first: Mismatch | undefined;
  for (const variant of variants) {
    try {
      return readLiteral(variant, literal);
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      first ??= error;
    }
  }
  throw variants.length === 1 && first !== undefined ? first : new Mismatch("fits none of the alternatives");
}

function readScalar(type: ValueType, value: Scalar["value"], metadata: Metadata): unknown {
  switch (value.case) {
    case "primitive":
      return readPrimitive(type, value.value.value);
    case "noneType":
      if (type.kind !== "none") throw unexpected(type, "nothing");
      return readNone(type, metadata);
    case "binary":
      if (type.kind !== "struct") throw unexpected(type, "a struct");
      if (value.value.tag !== "msgpack") throw new Mismatch(`is binary of the form ${JSON.stringify(value.value.tag)}`);
      return decodeStruct(type.jsonSchema, value.value.value);
    case "generic":
      if (type.kind !== "struct") throw unexpected(type, "a struct");
      return fromWritten(type.jsonSchema, value.value);
    case "blob":
      return readBlob(type, value.value.uri);
    case "union":
      if (value.value.value === undefined) throw new Mismatch("is a union without a value");
      return readLiteral(type, value.value.value);
    default:
      throw new Mismatch(`is of a kind that is not supported (${value.case ?? "none"})`);
  }
}

function readNone(type: Extract<ValueType, { kind: "none" }>, metadata: Metadata): null | undefined {
  return type.absent === true || undefinedKey in metadata ? undefined : null;
}

function readPrimitive(type: ValueType, primitive: Primitive["value"]): unknown {
  switch (primitive.case) {
    case "integer":
      return readInteger(type, primitive.value);
    case "floatValue":
      if (type.kind === "float") return primitive.value;
      if (type.kind === "integer" && Number.isSafeInteger(primitive.value))
        return type.bigint === true ? BigInt(primitive.value) : primitive.value;
      throw unexpected(type, `the number ${primitive.value}`);
    case "stringValue":
      return readText(type, primitive.value);
    case "boolean":
      if (type.kind === "boolean") return primitive.value;
      throw unexpected(type, String(primitive.value));
    case "datetime":
      if (type.kind === "datetime") return readDate(primitive.value);
      throw unexpected(type, "a date");
    case "duration":
      if (type.kind === "duration") return Number(primitive.value.seconds) + primitive.value.nanos / 1e9;
      throw unexpected(type, "a duration");
    default:
      throw new Mismatch("has no value");
  }
}

function readBlob(type: ValueType, uri: string): FlyteFile | FlyteDir {
  if (type.kind !== "file" && type.kind !== "dir") throw unexpected(type, "a file");
  if (uri === "") throw new Mismatch("is a file without a path or URI");
  const path = pathOfUri(uri);
  return type.kind === "file" ? new FlyteFile(path) : new FlyteDir(path);
}

function readDate(timestamp: Timestamp): Date {
  const date = timestampDate(timestamp);
  if (Number.isNaN(date.getTime()))
    throw new Mismatch(`is a date that JavaScript cannot hold (${timestamp.seconds} s)`);
  return date;
}

function readInteger(type: ValueType, value: bigint): number | bigint {
  if (type.kind !== "integer" && type.kind !== "float") throw unexpected(type, `the number ${value}`);
  if (type.kind === "integer" && type.bigint === true) return value;
  const number = Number(value);
  if (type.kind === "integer" && !Number.isSafeInteger(number))
    throw new Mismatch(`must be a whole number from -(2^53 - 1) to 2^53 - 1, but is ${value}`);
  return number;
}

function readText(type: ValueType, text: string): string {
  if (type.kind === "string") return text;
  if (type.kind === "enum" && type.values.includes(text)) return text;
  if (type.kind === "enum")
    throw new Mismatch(
      `must be one of ${type.values.map((item) => JSON.stringify(item)).join(", ")}, but is ${JSON.stringify(text)}`,
    );
  throw unexpected(type, `the text ${JSON.stringify(text)}`);
}

function unexpected(type: ValueType, found: string): Mismatch {
  return new Mismatch(`must be ${nameOf[type.kind]}, but is ${found}`);
}

const nameOf: Readonly<Record<ValueType["kind"], string>> = {
  integer: "a whole number",
  float: "a number",
  string: "a text",
  boolean: "true or false",
  datetime: "a date",
  duration: "a duration",
  none: "nothing",
  file: "a file",
  dir: "a directory",
  list: "a list",
  map: "a map",
  enum: "one of an enum",
  union: "one of a union",
  struct: "a struct",
};
