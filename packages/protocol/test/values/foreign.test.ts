import { create, toBinary } from "@bufbuild/protobuf";
import { encode } from "@msgpack/msgpack";
import { AppEnvError, FlyteFile } from "@appenv/core";
import { taskInterfaceOf, valueTypeOf, type TaskInterface } from "@appenv/core/internal";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import {
  fillInputs,
  fromLiteral,
  InputsSchema,
  inputsHash,
  LiteralSchema,
  toLiteral,
  type Literal,
} from "../../src/values/index.ts";
import { typed } from "./typed.ts";

function sent(value: Literal): Uint8Array {
  return toBinary(InputsSchema, create(InputsSchema, { literals: [{ name: "x", value }] }));
}

/** True if it was taken; anything but an AppEnvError INVALID_INPUT is a fault. */
function takes(definition: TaskInterface, bytes: Uint8Array): boolean {
  try {
    fillInputs(definition, bytes);
    return true;
  } catch (error) {
    if (!AppEnvError.is(error, "INVALID_INPUT")) throw error;
    return false;
  }
}

it("takes what another client sends, or says what is wrong with it", () => {
  const other = typed.chain(({ schema, values }) => fc.tuple(fc.constant(schema), values));
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(typed, other, ({ schema }, [otherSchema, value]) => {
      const definition = taskInterfaceOf(z.object({ x: schema }), undefined, "the task");
      const bytes = sent(toLiteral(valueTypeOf(otherSchema, "the value"), value));
      seen[takes(definition, bytes) ? "taken" : "refused"] += 1;
      expect(inputsHash(bytes)).toMatch(/^[0-9a-f]{64}$/);
    }),
    { numRuns: 300 },
  );
  expect(seen.taken).toBeGreaterThan(0);
  expect(seen.refused).toBeGreaterThan(0);
});

it("takes any bytes for what they are", () => {
  const definition = taskInterfaceOf(z.object({ x: z.object({ a: z.date() }).optional() }), undefined, "the task");
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const taken = [takes(definition, bytes), takes(definition, sent(binary(bytes)))];
      // No bytes at all are no inputs at all, and there need not be any.
      expect(taken[0] || bytes.length > 0).toBe(true);
    }),
    { numRuns: 300 },
  );
});

function binary(value: Uint8Array): Literal {
  return create(LiteralSchema, {
    value: { case: "scalar", value: { value: { case: "binary", value: { value, tag: "msgpack" } } } },
  });
}

it("refuses files without a path and dates that JavaScript cannot hold", () => {
  const file = toLiteral({ kind: "file" }, new FlyteFile("/x"));
  if (file.value.case === "scalar" && file.value.value.value.case === "blob") file.value.value.value.value.uri = "";
  expect(() => fromLiteral({ kind: "file" }, file)).toThrowError("The literal is a file without a path or URI.");
  const date = toLiteral({ kind: "datetime" }, new Date(0));
  const primitive = date.value.case === "scalar" ? date.value.value.value.value : undefined;
  (primitive as { value: { value: { seconds: bigint } } }).value.value.seconds = 10n ** 15n;
  expect(() => fromLiteral({ kind: "datetime" }, date)).toThrowError("is a date that JavaScript cannot hold");
});

it("refuses a value that is nested too deeply", () => {
  const deep = new Uint8Array(100_000).fill(0x91);
  deep[deep.length - 1] = 0xc0;
  const definition = taskInterfaceOf(z.object({ x: z.json() }), undefined, "the task");
  expect(() => fillInputs(definition, sent(binary(deep)))).toThrowError(
    expect.objectContaining({ code: "INVALID_INPUT" }) as never,
  );
  expect(inputsHash(sent(binary(encode({ a: 1 }))))).toMatch(/^[0-9a-f]{64}$/);
});
