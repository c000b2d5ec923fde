import { create } from "@bufbuild/protobuf";
import type { ValueType } from "@appenv/core/internal";
import { encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import { fromLiteral, LiteralSchema, toLiteral, valueFromJson, type Literal } from "../../src/values/index.ts";

const anything: ValueType = { kind: "struct", jsonSchema: {} };
const polluting = JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}') as object;

/** The value that was read; nothing if it was refused with a message that names the key. */
function read(reading: () => unknown): unknown {
  try {
    return reading();
  } catch (error) {
    if (error instanceof Error && error.message.includes("__proto__")) return {};
    throw error;
  }
}

function scalar(value: object): Literal {
  return create(LiteralSchema, { value: { case: "scalar", value: { value } } } as never);
}

/** MessagePack of a map with one entry, as a library would not write it. */
function packed(key: string, value: unknown): Uint8Array {
  return Buffer.concat([Buffer.from([0x81]), encode(key), encode(value)]);
}

const admin = {
  kind: { case: "structValue", value: { fields: { admin: { kind: { case: "boolValue", value: true } } } } },
};
const literals = Object.fromEntries([["__proto__", toLiteral({ kind: "integer" }, 1)]]);
const map = create(LiteralSchema, { value: { case: "map", value: { literals } } } as never);
const integers: ValueType = { kind: "map", of: { kind: "integer" } };

test.each<[string, () => unknown]>([
  [
    "a struct",
    () =>
      fromLiteral(anything, scalar({ case: "generic", value: { fields: Object.fromEntries([["__proto__", admin]]) } })),
  ],
  [
    "MessagePack",
    () =>
      fromLiteral(
        anything,
        scalar({ case: "binary", value: { tag: "msgpack", value: packed("__proto__", { admin: true }) } }),
      ),
  ],
  ["a map", () => fromLiteral(integers, map)],
  ["JSON", () => valueFromJson(anything, polluting)],
  ["a map in JSON", () => valueFromJson({ kind: "map", of: anything }, polluting)],
])("a key that sets prototypes sets none: %s", (_, reading) => {
  const value = read(reading);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect((value as { admin?: unknown }).admin).toBeUndefined();
  expect(({} as { admin?: unknown }).admin).toBeUndefined();
});

test("an inherited property does not stand in for a required one", () => {
  const required: ValueType = {
    kind: "struct",
    jsonSchema: { type: "object", properties: { constructor: { type: "string" } }, required: ["constructor"] },
  };
  expect(() => toLiteral(required, {})).toThrowError("The value.constructor is missing.");
});
