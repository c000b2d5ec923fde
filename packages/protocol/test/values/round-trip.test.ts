import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { taskInterfaceOf, valueTypeOf } from "@appenv/core/internal";
import {
  decodeInputs,
  decodeOutput,
  encodeInputs,
  encodeOutput,
  fillInputs,
  fromLiteral,
  fromLiteralType,
  LiteralSchema,
  LiteralTypeSchema,
  toLiteral,
  toLiteralType,
  valueFromJson,
  valueToJson,
} from "../../src/values/index.ts";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { typed } from "./typed.ts";

const typedValue = typed.chain(({ schema, values }) => fc.tuple(fc.constant(schema), values));

it("gives every value back as it was, through the bytes of the literal and of its type", () => {
  fc.assert(
    fc.property(typedValue, ([schema, value]) => {
      const type = valueTypeOf(schema, "the schema");
      const typeAgain = fromLiteralType(
        fromBinary(LiteralTypeSchema, toBinary(LiteralTypeSchema, toLiteralType(type))),
      );
      expect(typeAgain).toStrictEqual(type);
      const bytes = toBinary(LiteralSchema, toLiteral(type, value));
      expect(fromLiteral(typeAgain, fromBinary(LiteralSchema, bytes))).toEqual(value);
    }),
    { numRuns: 400 },
  );
});

it("gives inputs back as they were, and writes the same inputs as the same bytes", () => {
  fc.assert(
    fc.property(typedValue, typedValue, ([one, first], [other, second]) => {
      const inputs = z.object({ one, other: other.optional() });
      const definition = taskInterfaceOf(inputs, undefined, "the task");
      const bytes = encodeInputs(definition, { one: first, other: second });
      expect(decodeInputs(definition, bytes)).toEqual({ one: first, other: second });
      expect(encodeInputs(definition, reordered({ other: second, one: first }) as Record<string, unknown>)).toEqual(
        bytes,
      );
      expect(fillInputs(definition, bytes)).toEqual(bytes);
      expect(inputs.parse(decodeInputs(definition, encodeInputs(definition, { one: first })))).toEqual({ one: first });
    }),
    { numRuns: 150 },
  );
});

it("gives outputs back as they were", () => {
  fc.assert(
    fc.property(typedValue, ([schema, value]) => {
      const type = valueTypeOf(schema, "the schema");
      expect(decodeOutput(type, encodeOutput(type, value))).toEqual(value);
    }),
    { numRuns: 150 },
  );
});

it("writes every value as JSON, which stands for something that is written as the same JSON", () => {
  fc.assert(
    fc.property(typedValue, ([schema, value]) => {
      const type = valueTypeOf(schema, "the schema");
      const json = JSON.parse(JSON.stringify(valueToJson(type, value))) as unknown;
      if (hasLargeInteger(value)) return;
      expect(valueToJson(type, valueFromJson(type, json))).toEqual(json);
    }),
    { numRuns: 150 },
  );
});

/** JSON cannot hold these in an object. */
function hasLargeInteger(value: unknown): boolean {
  if (typeof value === "bigint") return !Number.isSafeInteger(Number(value));
  return typeof value === "object" && value !== null && Object.values(value).some((item) => hasLargeInteger(item));
}

function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => reordered(item));
  if (Object.prototype.toString.call(value) !== "[object Object]" || value!.constructor !== Object) return value;
  return Object.fromEntries(
    Object.entries(value as object)
      .toReversed()
      .map(([key, item]) => [key, reordered(item)]),
  );
}
