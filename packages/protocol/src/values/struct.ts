import { FlyteDir, FlyteFile } from "@appenv/core";
import { decode, encode, ExtData, ExtensionCodec } from "@msgpack/msgpack";
import {
  alternatives,
  hasMarks,
  isRecord,
  itemSchema,
  markOf,
  propertySchema,
  resolve,
  type Json,
} from "./json-schema.ts";
import { inside, keyStep, Mismatch, show, wellFormed } from "./mismatch.ts";
import { differenceOf, sameValue } from "./same-value.ts";
import { check, fitting, isLeftOut } from "./schema-check.ts";
import { pathOfUri } from "./path-of-uri.ts";

/** Maximum depth of nested objects. */
const maxDepth = 400;

/** The written form of undefined in a list that also holds null. Other SDKs read neither. */
const undefinedExtension = 1;
const codec: ExtensionCodec = new ExtensionCodec();
codec.register({ type: undefinedExtension, encode: () => null, decode: () => undefined });

const encoding = { sortKeys: true, ignoreUndefined: true, useBigInt64: true, maxDepth: maxDepth + 2 };

/**
 * A value as msgpack, with sorted keys, as Flyte's SDKs write what a JSON Schema describes: a date as an ISO text, a file
 * as `{ path }`, a bigint as an integer of 64 bits.
 */
export function encodeStruct(schema: Json, value: unknown): Uint8Array {
  check(schema, value, "value");
  const plain = toPlain(value, null);
  if ((!hasMarks(schema) && isJson(value)) || isReadAs(schema, plain, value)) return encode(plain, encoding);
  if (isReadAs(schema, toPlain(value, undefined), value))
    return encode(toPlain(value, new ExtData(undefinedExtension, new Uint8Array())), encoding);
  throw ambiguous(value, fromPlain(schema, plain, schema));
}

/** A value that the schema allows, and that would be read as another one which it allows too. */
function ambiguous(value: unknown, back: unknown): Mismatch {
  const { path = "", one, other } = differenceOf(value, back) ?? {};
  const what = `is ${show(one)}, and would be read as ${show(other)}: the schema must tell the two apart`;
  return new Mismatch(what).inside(path);
}

/** True for a value of JSON: it is read as it is written, unless the schema marks it. */
function isJson(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => item !== undefined && isJson(item));
  if (isRecord(value)) return Object.values(value).every((item) => item === undefined || isJson(item));
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** True if the value is read back as itself. A date where the schema also takes texts would become a text. */
function isReadAs(schema: Json, plain: unknown, value: unknown): boolean {
  return sameValue(fromPlain(schema, plain, schema), value);
}

/** A value from msgpack. */
export function decodeStruct(schema: Json, bytes: Uint8Array): unknown {
  return fromWritten(schema, decodeRaw(bytes));
}

/** Reads msgpack, with integers of 64 bits as bigint. */
export function decodeRaw(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, { useBigInt64: true, extensionCodec: codec });
  } catch (error) {
    throw new Mismatch(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A value from what it was written as. */
export function fromWritten(schema: Json, written: unknown): unknown {
  check(schema, written, "written");
  return fromPlain(schema, written, schema);
}

/**
 * A value as msgpack's own types.
 *
 * @param hole - What stands for undefined in a list.
 */
function toPlain(value: unknown, hole: unknown, depth = 0): unknown {
  if (depth > maxDepth) throw new Mismatch("is nested too deeply, or contains itself");
  if (value === undefined) return hole;
  if (typeof value === "number") return toPlainNumber(value);
  if (typeof value === "bigint") return toPlainBigint(value);
  if (typeof value === "string") return wellFormed(value);
  if (value === null || typeof value === "boolean") return value;
  if (value instanceof Date) return toPlainDate(value);
  if (value instanceof FlyteFile || value instanceof FlyteDir) return { path: pathOfUri(value.path) };
  if (Array.isArray(value)) return toPlainList(value, hole, depth);
  if (isRecord(value)) return toPlainRecord(value, hole, depth);
  throw new Mismatch(`is ${show(value)}, which cannot be written`);
}

/** The library writes large numbers as floats if bigints are allowed; Python's integers would become floats. */
function toPlainNumber(value: number): number | bigint {
  return Math.abs(value) >= 2 ** 31 && Number.isSafeInteger(value) ? BigInt(value) : value;
}

function toPlainBigint(value: bigint): bigint | number {
  if (BigInt.asIntN(64, value) !== value) throw new Mismatch(`is ${value}, which has more than 64 bits`);
  return value >= -(2n ** 31n) && value < 2n ** 31n ? Number(value) : value;
}

function toPlainDate(value: Date): string {
  if (Number.isNaN(value.getTime())) throw new Mismatch("is an invalid date");
  return value.toISOString();
}

function toPlainList(list: readonly unknown[], hole: unknown, depth: number): unknown[] {
  return Array.from(list, (item, index) => {
    try {
      return toPlain(item, hole, depth + 1);
    } catch (error) {
      throw inside(`[${index}]`, error);
    }
  });
}

function toPlainRecord(
  record: Readonly<Record<string, unknown>>,
  hole: unknown,
  depth: number,
): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(record)) {
    if (key === "__proto__") throw new Mismatch("has a key `__proto__`, which is not allowed");
    try {
      if (item !== undefined) plain[wellFormed(key)] = toPlain(item, hole, depth + 1);
    } catch (error) {
      throw inside(keyStep(key), error);
    }
  }
  return plain;
}

function fromPlain(given: unknown, written: unknown, root: Json): unknown {
  const schema = resolve(given, root);
  const mark = markOf(schema);
  if (mark !== undefined) return revive[mark](written);
  const list = alternatives(schema);
  if (list !== undefined) return fromPlain(fitting(list, written, root, "written") ?? {}, written, root);
  const all = schema["allOf"];
  if (Array.isArray(all)) return fromPlain({ ...schema, ...merged(all, root), allOf: undefined }, written, root);
  if (Array.isArray(written)) return written.map((item, index) => fromPlain(itemSchema(schema, index), item, root));
  if (isRecord(written)) {
    return Object.fromEntries(
      Object.entries(written)
        .filter(([key, item]) => !isLeftOut(schema, key, item, root))
        .map(([key, item]) => [key, fromPlain(propertySchema(schema, key), item, root)]),
    );
  }
  return typeof written === "bigint" && Number.isSafeInteger(Number(written)) ? Number(written) : written;
}

const revive: Readonly<Record<NonNullable<ReturnType<typeof markOf>>, (written: unknown) => unknown>> = {
  datetime: (written) => new Date(String(written)),
  bigint: (written) => BigInt(written as number | bigint),
  file: (written) => new FlyteFile(pathOfUri((written as { path: string }).path)),
  dir: (written) => new FlyteDir(pathOfUri((written as { path: string }).path)),
  undefined: () => undefined,
};

/** The properties of an intersection's parts together. */
function merged(parts: readonly unknown[], root: Json): Json {
  const schemas = parts.map((part) => resolve(part, root));
  return { properties: Object.assign({}, ...schemas.map(({ properties }) => properties)) };
}

/** A value as JSON writes it; integers beyond 2^53 become texts. */
export function structToJson(value: unknown): unknown {
  return jsonOf(toPlain(value, null));
}

function jsonOf(plain: unknown): unknown {
  if (typeof plain === "bigint") return Number.isSafeInteger(Number(plain)) ? Number(plain) : String(plain);
  if (plain === undefined || (typeof plain === "number" && !Number.isFinite(plain)))
    return plain === undefined ? null : String(plain);
  if (Array.isArray(plain)) return plain.map((item) => jsonOf(item));
  if (isRecord(plain)) return Object.fromEntries(Object.entries(plain).map(([key, item]) => [key, jsonOf(item)]));
  return plain;
}
