import { answerSchemaOf } from "@appenv/core/internal";
import { AppEnvError } from "@appenv/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  answerFromJson,
  answerFromText,
  jsonLiteral,
  readAnswer,
  sampleOf,
  toLiteral,
  valueToJson,
  type AskedValue,
} from "../../src/values/index.ts";

const refund = z.object({
  approve: z.boolean(),
  amount: z.number().positive().max(500),
  comment: z.string().min(1).max(20).optional(),
  until: z.date().optional(),
  parts: z
    .array(z.object({ sku: z.string().regex(/^[A-Z]+$/) }))
    .max(2)
    .default([]),
});

function asked(schema: z.ZodType): AskedValue {
  const read = answerSchemaOf(schema, "schema");
  return { type: read.type.kind, schema: read };
}

function refusal(answer: () => unknown): string {
  try {
    answer();
  } catch (error) {
    return AppEnvError.is(error) ? `${error.code} ${error.message}` : String(error);
  }
  return "";
}

const refunded = { approve: true, amount: 5, until: "2030-01-31T12:00:00.000Z" };

describe("an answer", () => {
  test.each([
    ["of JSON", jsonLiteral(refunded)],
    ["of a text with JSON, as Flyte's clients send it", toLiteral({ kind: "string" }, JSON.stringify(refunded))],
    [
      "of its own type",
      toLiteral(asked(refund).schema?.type as never, { ...refunded, until: new Date(refunded.until) }),
    ],
  ])("%s is read as the schema takes it", (_, literal) => {
    expect(readAnswer(asked(refund), literal)).toEqual({ ...refunded, until: new Date(refunded.until) });
  });

  test.each<[unknown, string]>([
    [{ amount: 5 }, "approve is missing."],
    [{ approve: "yes", amount: 5 }, 'approve must be true or false, but is "yes".'],
    [{ approve: true, amount: 0 }, "amount must be more than 0, but is 0."],
    [{ approve: true, amount: 501 }, "amount must be 500 or less, but is 501."],
    [{ ...refunded, comment: "" }, "comment must not be empty."],
    [{ ...refunded, comment: "x".repeat(21) }, "comment must have at most 20 characters, but has 21."],
    [{ ...refunded, until: "soon" }, 'until must be a date, but is "soon".'],
    [{ ...refunded, parts: [{ sku: "A" }, { sku: "b" }] }, "parts[1].sku must match the pattern ^[A-Z]+$."],
    [{ ...refunded, parts: [1, 2, 3].map(() => ({ sku: "A" })) }, "parts must have at most 2 items, but has 3."],
    [true, "it must be an object, but is true."],
  ])("of %j is refused, and the place is named", (json, message) => {
    expect(refusal(() => answerFromJson(asked(refund), json))).toBe(`INVALID_INPUT ${message}`);
    expect(refusal(() => readAnswer(asked(refund), jsonLiteral(json)))).toBe(`INVALID_INPUT ${message}`);
  });

  test("that is no object is read from what a person types", () => {
    expect(answerFromText(asked(z.enum(["ship", "hold"])), "ship")).toBe("ship");
    expect(readAnswer(asked(z.enum(["ship", "hold"])), toLiteral({ kind: "string" }, "hold"))).toBe("hold");
    expect(readAnswer(asked(z.array(z.int())), toLiteral({ kind: "string" }, "[1, 2]"))).toEqual([1, 2]);
    expect(readAnswer(asked(z.date()), toLiteral({ kind: "string" }, "2030-01-31"))).toEqual(new Date("2030-01-31"));
    expect(refusal(() => answerFromText(asked(z.enum(["ship", "hold"])), "sink"))).toContain("one of ship, hold");
    expect(refusal(() => answerFromText(asked(z.int().min(3)), "2"))).toContain("must be 3 or more");
  });

  test("of a condition without a schema is of its type, and no other", () => {
    const five = toLiteral({ kind: "string" }, "5");
    expect(refusal(() => readAnswer({ type: "integer" }, five))).toContain("must be a whole number");
    expect(readAnswer({ type: "string" }, five)).toBe("5");
    expect(readAnswer({ type: "string" }, jsonLiteral("5"))).toBe("5");
    expect(readAnswer({ type: "boolean" }, jsonLiteral(true))).toBe(true);
  });
});

const limits = z.union([
  z.object({
    n: z.number().min(-3).lt(7).multipleOf(0.5),
    s: z.string().min(2).max(4),
    l: z.array(z.int().gt(0)).min(1).max(3),
  }),
  z.string().length(3),
]);
const near = fc.oneof(
  fc.record({
    n: fc.integer({ min: -20, max: 20 }).map((n) => n / 4),
    s: fc.string({ maxLength: 6 }),
    l: fc.array(fc.integer({ min: -2, max: 5 }), { maxLength: 5 }),
  }),
  fc.string({ maxLength: 5 }),
);

test("an answer is taken if zod takes it, and comes back as it is", () => {
  const question = asked(limits);
  fc.assert(
    fc.property(near, (value) => {
      const why = refusal(() => readAnswer(question, jsonLiteral(value)));
      const taken = why === "" ? readAnswer(question, jsonLiteral(value)) : why;
      expect(taken).toEqual(limits.safeParse(value).success ? value : why);
      expect(why !== "").toBe(!limits.safeParse(value).success);
    }),
    { numRuns: 500, examples: [[{ n: 0.5, s: "abc", l: [1] }], ["abc"]] },
  );
});

test("a sample fits the types of its schema", () => {
  const { type, jsonSchema } = asked(refund).schema as NonNullable<AskedValue["schema"]>;
  expect(sampleOf(jsonSchema)).toEqual({ approve: true, amount: 1 });
  const tree: z.ZodType = z.object({
    name: z.string(),
    get below() {
      return z.array(tree);
    },
  });
  for (const schema of [z.enum(["ship", "hold"]), z.int().min(10), z.array(z.email()), z.date(), tree]) {
    const question = asked(schema);
    expect(answerFromJson(question, sampleOf(question.schema?.jsonSchema ?? {}))).toBeDefined();
  }
  expect(valueToJson(type, answerFromJson(asked(refund), sampleOf(jsonSchema)))).toEqual({ approve: true, amount: 1 });
});
