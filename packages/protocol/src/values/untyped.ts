import { create, toBinary } from "@bufbuild/protobuf";
import { AppEnvError, FlyteDir, FlyteFile } from "@appenv/core";
import { OutputsSchema } from "@appenv-internal/flyteidl2/values";
import { decode, encode, ExtData, ExtensionCodec } from "@msgpack/msgpack";
import { readOutputs } from "./outputs.ts";
import { isRecord } from "./json-schema.ts";
import { checked, inside, keyStep, Mismatch, show, wellFormed } from "./mismatch.ts";

// The result of a trace has no schema. JavaScript's own values that msgpack lacks are written as extensions; what cannot be
// brought back as it was is refused.
const extension = { undefined: 1, bigint: 2, map: 3, set: 4, buffer: 5, file: 6, dir: 7, negativeZero: 8 } as const;
const maxDepth = 400;

/** Any value as `task.Outputs`. @throws AppEnvError INVALID_OUTPUT for a function, an instance of a class and the like. */
export function encodeValue(value: unknown): Uint8Array {
  const bytes = checked("INVALID_OUTPUT", "The value", () => pack(value, 0));
  return toBinary(
    OutputsSchema,
    create(OutputsSchema, {
      literals: [
        {
          name: "o0",
          value: {
            value: { case: "scalar", value: { value: { case: "binary", value: { value: bytes, tag: "msgpack" } } } },
          },
        },
      ],
    }),
  );
}

/** A value from what `encodeValue` made. @throws AppEnvError INVALID_OUTPUT. */
export function decodeValue(bytes: Uint8Array): unknown {
  const value = readOutputs(bytes)[0]?.value?.value;
  const scalar = value?.case === "scalar" ? value.value.value : undefined;
  if (scalar?.case !== "binary") throw new AppEnvError("INVALID_OUTPUT", "The outputs hold no value of a trace.");
  try {
    return unpack(scalar.value.value);
  } catch (error) {
    throw AppEnvError.from(error, "INVALID_OUTPUT", "The value of a trace cannot be read");
  }
}

function pack(value: unknown, depth: number): Uint8Array {
  return encode(toPlain(value, depth), { maxDepth: maxDepth + 1 });
}

function unpack(bytes: Uint8Array): unknown {
  return decode(bytes, { extensionCodec: codec });
}

function toPlain(value: unknown, depth: number): unknown {
  if (depth > maxDepth) throw new Mismatch("is nested too deeply, or contains itself");
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return wellFormed(value);
  if (typeof value === "number")
    return Object.is(value, -0) ? new ExtData(extension.negativeZero, new Uint8Array()) : value;
  if (value === undefined) return new ExtData(extension.undefined, new Uint8Array());
  if (typeof value === "bigint") return new ExtData(extension.bigint, Buffer.from(String(value)));
  if (typeof value !== "object") throw new Mismatch(`is a ${typeof value}, which cannot be written`);
  return toPlainObject(value, depth);
}

function toPlainObject(value: object, depth: number): unknown {
  if (Array.isArray(value)) return Array.from(value, (item: unknown, index) => at(`[${index}]`, item, depth));
  if (isRecord(value)) return toPlainRecord(value, depth);
  switch (Object.getPrototypeOf(value)) {
    case Date.prototype:
      if (Number.isNaN((value as Date).getTime())) throw new Mismatch("is an invalid date, which cannot be written");
      return value;
    case Uint8Array.prototype:
      return value;
    case Buffer.prototype:
      return new ExtData(extension.buffer, value as Buffer);
    case Map.prototype:
      return new ExtData(extension.map, pack([...(value as Map<unknown, unknown>)], depth + 1));
    case Set.prototype:
      return new ExtData(extension.set, pack([...(value as Set<unknown>)], depth + 1));
    case FlyteFile.prototype:
      return new ExtData(extension.file, Buffer.from((value as FlyteFile).path));
    case FlyteDir.prototype:
      return new ExtData(extension.dir, Buffer.from((value as FlyteDir).path));
    default:
      throw new Mismatch(`is ${show(value)}, which cannot be written`);
  }
}

function toPlainRecord(value: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  if (Object.getOwnPropertySymbols(value).length > 0)
    throw new Mismatch("has a key that is a symbol, which cannot be written");
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === "__proto__") throw new Mismatch("has a key `__proto__`, which is not allowed");
    plain[wellFormed(key)] = at(keyStep(key), item, depth);
  }
  return plain;
}

function at(step: string, item: unknown, depth: number): unknown {
  try {
    return toPlain(item, depth + 1);
  } catch (error) {
    throw inside(step, error);
  }
}

const codec: ExtensionCodec = new ExtensionCodec();
const readers: Readonly<Record<number, (data: Uint8Array) => unknown>> = {
  [extension.undefined]: () => undefined,
  [extension.bigint]: (data) => BigInt(Buffer.from(data).toString()),
  [extension.map]: (data) => new Map(unpack(data) as [unknown, unknown][]),
  [extension.set]: (data) => new Set(unpack(data) as unknown[]),
  [extension.buffer]: (data) => Buffer.from(data),
  [extension.file]: (data) => new FlyteFile(Buffer.from(data).toString()),
  [extension.dir]: (data) => new FlyteDir(Buffer.from(data).toString()),
  [extension.negativeZero]: () => -0,
};
for (const [type, read] of Object.entries(readers)) {
  codec.register({ type: Number(type), encode: () => null, decode: read });
}
