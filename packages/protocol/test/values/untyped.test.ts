import { FlyteDir, FlyteFile } from "@appenv/core";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { decodeValue, encodeValue } from "../../src/values/index.ts";

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withSparseArray: false,
  withTypedArray: false,
  withNullPrototype: false,
  withObjectString: false,
  key: fc.string().filter((key) => key !== "__proto__"),
});

it("gives back what a trace gave, whatever it was", () => {
  fc.assert(
    fc.property(anything, (value) => {
      if (hasInvalidDate(value)) return;
      expect(decodeValue(encodeValue(value))).toStrictEqual(value);
    }),
    { numRuns: 500 },
  );
});

function hasInvalidDate(value: unknown): boolean {
  if (value instanceof Date) return Number.isNaN(value.getTime());
  if (value instanceof Map) return [...value].some((item) => hasInvalidDate(item));
  if (value instanceof Set) return [...value].some((item) => hasInvalidDate(item));
  return typeof value === "object" && value !== null && Object.values(value).some((item) => hasInvalidDate(item));
}

it("gives back what JSON has no type for", () => {
  const value = {
    nothing: [undefined, null],
    zero: -0,
    huge: 2n ** 100n,
    bytes: new Uint8Array([1, 2]),
    buffer: Buffer.from("x"),
    nested: new Map<unknown, unknown>([[new Date(5), new Set([[undefined]])]]),
    numbers: [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 1e300],
    files: [new FlyteFile("/a"), new FlyteDir("/b")],
  };
  expect(decodeValue(encodeValue(value))).toStrictEqual(value);
  expect(decodeValue(encodeValue(undefined))).toBeUndefined();
});

class Point {
  x = 1;
}
const circle: unknown[] = [];
circle.push(circle);

it.each([
  ["a function", { a: [() => 1] }, "The value.a[0] is a function, which cannot be written."],
  ["a symbol", Symbol("s"), "The value is a symbol, which cannot be written."],
  ["an instance of a class", { p: new Point() }, "The value.p is a Point, which cannot be written."],
  ["an error", new Error("e"), "The value is a Error, which cannot be written."],
  ["numbers as bytes", new Float64Array(2), "The value is a Float64Array, which cannot be written."],
  ["an invalid date", [new Date(Number.NaN)], "The value[0] is an invalid date, which cannot be written."],
  ["a circle", circle, expect.stringContaining("is nested too deeply, or contains itself.")],
  ["half of a character", "\uD800", "The value has half of a surrogate pair, which cannot be written."],
  ["a key that is a symbol", { [Symbol("s")]: 1 }, "The value has a key that is a symbol, which cannot be written."],
  [
    "a key that sets prototypes",
    JSON.parse('{"__proto__":1}'),
    "The value has a key `__proto__`, which is not allowed.",
  ],
])("refuses %s, and says where it is", (_what, value, message) => {
  expect(() => encodeValue(value)).toThrowError(expect.objectContaining({ code: "INVALID_OUTPUT", message }) as never);
});

it("says that bytes are no value", () => {
  expect(() => decodeValue(new Uint8Array([255, 1]))).toThrowError(
    expect.objectContaining({ code: "INVALID_OUTPUT" }) as never,
  );
  expect(() => decodeValue(new Uint8Array())).toThrowError("The outputs hold no value of a trace.");
});
