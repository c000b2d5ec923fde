import { FlyteDir, duration, FlyteFile, type Schema } from "@appenv/core";
import { taskInterfaceOf, valueTypeOf } from "@appenv/core/internal";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const absent = { kind: "none", absent: true };
const text = { kind: "string" };

function struct(jsonSchema: object): object {
  return { kind: "struct", jsonSchema };
}

function union(type: object): object {
  return { kind: "union", variants: [type, absent] };
}

/** Of the input side, as the type of one input. */
function inputType(schema: Schema): unknown {
  return taskInterfaceOf(z.object({ x: schema as never }), undefined, "task 't'").inputs[0]?.type;
}

class Point {
  readonly x: number = 1;
}

describe("valueTypeOf", () => {
  const cases: [string, Schema, unknown][] = [
    ["z.int()", z.int(), { kind: "integer" }],
    ["z.number().int()", z.number().int().min(1), { kind: "integer" }],
    ["z.int32()", z.int32(), { kind: "integer" }],
    ["z.number()", z.number(), { kind: "float" }],
    ["z.bigint()", z.bigint(), { kind: "integer", bigint: true }],
    ["z.string()", z.string().min(1), text],
    ["z.uuid()", z.uuid(), text],
    ["z.templateLiteral()", z.templateLiteral(["a", z.int()]), text],
    ["z.boolean()", z.boolean(), { kind: "boolean" }],
    ["z.date()", z.date(), { kind: "datetime" }],
    ["a duration", duration(z.number()).min(1).describe("How long."), { kind: "duration" }],
    ["z.null()", z.null(), { kind: "none" }],
    ["z.void()", z.void(), absent],
    ["a FlyteFile", z.instanceof(FlyteFile), { kind: "file" }],
    ["a FlyteDir", z.instanceof(FlyteDir), { kind: "dir" }],
    ["z.array()", z.array(z.int()), { kind: "list", of: { kind: "integer" } }],
    ["z.record()", z.record(z.string(), z.date()), { kind: "map", of: { kind: "datetime" } }],
    ["z.enum()", z.enum(["a", "b"]), { kind: "enum", values: ["a", "b"] }],
    ["an enum of TypeScript's", z.enum({ A: 0, B: 1, 0: "A", 1: "B" }), { kind: "integer" }],
    ["literals", z.literal(["a", "b"]), { kind: "enum", values: ["a", "b"] }],
    ["a union of literals", z.union([z.literal("a"), z.literal("b")]), { kind: "enum", values: ["a", "b"] }],
    ["optional", z.string().optional(), { kind: "union", variants: [text, absent] }],
    ["nullable", z.string().nullable(), { kind: "union", variants: [text, { kind: "none" }] }],
    ["nullish", z.string().nullish(), { kind: "union", variants: [text, { kind: "none" }] }],
    [
      "nested unions",
      z.union([z.union([z.int(), z.null()]), z.string()]),
      { kind: "union", variants: [{ kind: "integer" }, text, { kind: "none" }] },
    ],
    ["nonoptional", z.string().optional().nonoptional(), text],
    ["readonly, brand, catch", z.string().catch("").readonly().brand("x"), text],
    ["lazy", z.lazy(() => z.string()), text],
    [
      "z.tuple()",
      z.tuple([z.string()]),
      struct({
        type: "array",
        prefixItems: [text].map(() => ({ type: "string" })),
        items: false,
        minItems: 1,
        maxItems: 1,
      }),
    ],
    ["z.unknown()", z.unknown(), struct({})],
  ];

  it.each(cases)("reads %s", (_what, schema, type) => {
    expect(valueTypeOf(schema, "x")).toEqual(type);
  });

  it("reads an object as a struct with its JSON Schema, what JSON lacks marked", () => {
    const schema = z.object({
      at: z.date(),
      n: z.bigint(),
      file: z.instanceof(FlyteFile),
      holes: z.array(z.int32().optional()),
    });
    expect(valueTypeOf(schema, "task 't': output")).toMatchObject(
      struct({
        title: "Output",
        type: "object",
        properties: {
          at: { type: "string", format: "date-time", "x-appenv": "datetime" },
          n: { type: "integer", "x-appenv": "bigint" },
          file: { title: "File", required: ["path"], "x-appenv": "file" },
          holes: { type: "array", items: { anyOf: [{ type: "integer" }, { "x-appenv": "undefined" }] } },
        },
        required: ["at", "n", "file", "holes"],
      }),
    );
  });

  it("reads what contains itself as a struct", () => {
    const tree = z.object({
      get children() {
        return z.array(tree);
      },
    });
    expect(valueTypeOf(tree, "x")).toMatchObject(struct({ properties: { children: { items: { $ref: "#" } } } }));
    expect(valueTypeOf(z.json(), "x")).toMatchObject({ kind: "struct" });
  });

  it("reads the variants of a discriminated union as structs with names of their own", () => {
    const schema = z.discriminatedUnion("k", [z.object({ k: z.literal("a") }), z.object({ k: z.literal("b") })]);
    expect(valueTypeOf(schema, "x: output")).toMatchObject({
      kind: "union",
      variants: [struct({ title: "Output1" }), struct({ title: "Output2" })],
    });
  });

  it("takes the side that travels: what an input takes, what an output gives", () => {
    const codec = z.codec(z.string(), z.date(), {
      decode: (given) => new Date(given),
      encode: (date) => date.toISOString(),
    });
    expect(inputType(codec)).toEqual(text);
    expect(valueTypeOf(codec, "x")).toEqual({ kind: "datetime" });
    expect(inputType(z.string().transform((given) => given.length))).toEqual(text);
    expect(valueTypeOf(z.string().transform(Number).pipe(z.int()), "x")).toEqual({ kind: "integer" });
    expect(inputType(z.preprocess(Number, z.int()))).toEqual({ kind: "integer" });
  });
});

describe("schemas without a literal type", () => {
  const cases: [string, Schema, string][] = [
    [
      "a function",
      z.array(z.object({ fn: z.function() as never })),
      "task 't': output[].fn is a function, which cannot be written.",
    ],
    ["a symbol", z.symbol(), "task 't': output is a symbol, which cannot be written."],
    ["a promise", z.promise(z.string()), "task 't': output is a promise, which cannot be written."],
    ["a Map", z.object({ m: z.map(z.string(), z.int()) }), "task 't': output.m is a Map, which Flyte has no type for."],
    ["a Set", z.record(z.string(), z.set(z.int())), "task 't': output[*] is a Set, which Flyte has no type for."],
    ["keys that are numbers", z.record(z.number(), z.int()), "task 't': output has keys that are no texts."],
    [
      "a class",
      z.tuple([z.instanceof(Point)]),
      "task 't': output[0] is an instance of a class, or anything else only a function can tell.",
    ],
    [
      "a transform's output",
      z.string().transform(Number),
      "task 't': output is what a transform gives, and that has no schema.",
    ],
    ["never", z.union([z.string(), z.never()]), "task 't': output can have no value."],
    [
      "a web file",
      z.object({ deep: z.object({ f: z.file() }).optional() }),
      "task 't': output.deep.f is a file of the web, which cannot be written.",
    ],
    [
      "one inside of what contains itself",
      z.object({
        get c() {
          return z.array(z.union([z.symbol(), z.string()]));
        },
      }),
      "task 't': output.c[] is a symbol, which cannot be written.",
    ],
  ];

  it.each(cases)("%s is refused, with its place", (_what, schema, message) => {
    expect(() => taskInterfaceOf(undefined, schema, "task 't'")).toThrowError(
      expect.objectContaining({ code: "NO_LITERAL_TYPE", message }) as never,
    );
  });

  it("names the place in an input", () => {
    expect(() =>
      taskInterfaceOf(z.object({ items: z.array(z.object({ fn: z.symbol() })) }), undefined, "task 't'"),
    ).toThrowError("task 't': input.items[].fn is a symbol, which cannot be written.");
  });

  it.each<[string, Schema, string]>([
    ["no object", z.string(), "task 't': input is no object."],
    ["an object of any keys", z.looseObject({}), "task 't': input takes keys that it does not name."],
  ])("an input that is %s is refused", (_what, schema, message) => {
    expect(() => taskInterfaceOf(schema, undefined, "task 't'")).toThrowError(message);
  });
});

describe("taskInterfaceOf", () => {
  it("lists inputs in alphabetical order, with descriptions", () => {
    const input = z.object({ b: z.int().describe("The b.").optional(), a: z.string().describe("The a.") });
    const { inputs, output } = taskInterfaceOf(input, z.int(), "task 't'");
    expect(inputs.map(({ name, description }) => [name, description])).toEqual([
      ["a", "The a."],
      ["b", "The b."],
    ]);
    expect(output).toEqual({ kind: "integer" });
    expect(taskInterfaceOf(undefined, undefined, "task 't'")).toEqual({ inputs: [], output: undefined });
  });

  const cases: [string, Schema, unknown][] = [
    ["required", z.string(), { type: text }],
    ["optional", z.string().optional(), { type: union(text), default: { value: null } }],
    [
      "nullish",
      z.string().nullish(),
      { type: { kind: "union", variants: [text, { kind: "none" }] }, default: { value: null } },
    ],
    [
      "nullable: it must be given",
      z.string().nullable(),
      { type: { kind: "union", variants: [text, { kind: "none" }] } },
    ],
    ["with a default", z.string().default("d"), { type: text, default: { value: "d" } }],
    [
      "with a default inside",
      z.int().default(3).nullable().readonly(),
      { type: { kind: "union", variants: [{ kind: "integer" }, { kind: "none" }] }, default: { value: 3 } },
    ],
    ["with a prefault", z.string().trim().prefault(" p"), { type: text, default: { value: " p" } }],
    [
      "with a default that is new each time",
      z.date().default(() => new Date()),
      { type: union({ kind: "datetime" }), default: { value: null } },
    ],
    [
      "with a default of another type than it takes",
      z.string().transform(Number).default(5),
      { type: union(text), default: { value: null } },
    ],
  ];
  it.each(cases)("%s", (_what, schema, expected) => {
    const { name: _name, ...rest } = taskInterfaceOf(z.object({ x: schema as never }), undefined, "task 't'")
      .inputs[0]!;
    expect(rest).toEqual(expected);
  });
});
