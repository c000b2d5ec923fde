import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { AppEnvError } from "../../src/index.ts";
import { checkOf, parseValue } from "../../src/internal.ts";

let told: string[];

beforeEach(() => {
  told = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => told.push(String(text)) > 0);
});

afterEach(() => void vi.restoreAllMocks());

const deep: unknown = JSON.parse("[".repeat(20_000) + "]".repeat(20_000));

describe("errors thrown by a schema", () => {
  const url = z.string().refine((text) => new URL(text).protocol === "https:");

  it("is an issue, with nothing of the error but its stack on stderr, once for a schema", () => {
    const schema = z.object({ url });
    expect(checkOf(schema)({ url: "https://a.example" })).toEqual({ value: { url: "https://a.example" } });
    for (let time = 0; time < 2; time += 1) {
      expect(checkOf(schema)({ url: "secret" })).toMatchObject({
        issues: [{ message: "Invalid input: the check of it failed", path: [] }],
        cause: expect.any(TypeError),
      });
    }
    expect(told).toEqual([expect.stringMatching(/Invalid URL[^]*\n +at /)]);
  });

  it.each([
    ["a transform", z.string().transform((text) => JSON.parse(text) as unknown), "{"],
    ["a default", z.string().optional().default(fail), undefined],
    ["the words of an issue", z.number({ error: fail }), "{"],
    ["an async refinement", z.string().refine(async () => fail()), "{"],
    [
      "an optional async refinement",
      z.object({
        a: z
          .string()
          .refine(async () => fail())
          .optional(),
      }),
      { a: "{" },
    ],
    ["a promise of a plain function", z.string().refine(() => Promise.reject(new Error("no"))), "{"],
    ["Standard Schema", standard(fail), "{"],
    ["a promise of Standard Schema", standard(async () => fail()), "{"],
  ])("is one in %s", async (_, schema, bad) => {
    expect(await checkOf(schema)(bad)).toMatchObject({ issues: [{ path: [] }] });
    await checkOf(schema)({});
    await checkOf(schema)(5);
    expect(await checkOf(schema)(bad)).toMatchObject({ issues: [{ path: [] }] });
  });

  it("is one where a codec encodes", () => {
    const schema = z.codec(z.string(), z.number(), { decode: Number, encode: fail });
    expect(checkOf(schema, "decode")("1")).toEqual({ value: 1 });
    expect(checkOf(schema, "encode")(1)).toMatchObject({ issues: [{ path: [] }] });
  });
});

describe("a value that is nested too deeply", () => {
  it("is invalid, and nothing is written of it", async () => {
    const checked = await checkOf(z.object({ data: z.json() }))({ data: deep });
    expect(checked.issues).toMatchObject([{ message: "Invalid input: nested too deeply", code: "too_deep" }]);
    expect(told).toEqual([]);
  });
});

describe("a schema that needs time", () => {
  const slow = z.object({ name: z.string().refine(async (name) => name !== "taken", "is taken") });

  it("answers later, whatever came first", async () => {
    expect(await checkOf(slow)({ name: 5 })).toMatchObject({ issues: [{ path: ["name"] }] });
    expect(await checkOf(slow)({ name: "taken" })).toMatchObject({ issues: [{ message: "is taken" }] });
    expect(await checkOf(slow)({ name: "free" })).toEqual({ value: { name: "free" } });
  });
});

it("calls the functions of a schema once for a value that fits", () => {
  const seen: string[] = [];
  const schema = z.string().transform((text) => seen.push(text));
  expect([checkOf(schema)("a"), checkOf(schema)("b")]).toEqual([{ value: 1 }, { value: 2 }]);
});

it("makes INVALID_INPUT of a task's input", async () => {
  const input = z.object({ data: z.json() });
  const parsed = parseValue(input, { data: deep }, "INVALID_INPUT", "The input of 'a.b'");
  await expect(parsed).rejects.toSatisfy((error) => AppEnvError.is(error, "INVALID_INPUT"));
  await expect(parsed).rejects.toThrow("The input of 'a.b' does not fit its schema: Invalid input: nested too deeply.");
});

function fail(): never {
  throw new Error("the schema failed");
}

function standard(validate: (value: unknown) => never | Promise<never>): object {
  return { "~standard": { version: 1, vendor: "own", validate } };
}
