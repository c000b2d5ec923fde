import { decode } from "@msgpack/msgpack";
import { create, toBinary, toJson } from "@bufbuild/protobuf";
import { FlyteDir, FlyteFile } from "@appenv/core";
import { type TaskInterface, type ValueType } from "@appenv/core/internal";
import { describe, expect, it } from "vitest";
import {
  decodeInputs,
  encodeInputs,
  encodeOutput,
  fillInputs,
  fromLiteral,
  fromLiteralType,
  InputsSchema,
  LiteralSchema,
  LiteralTypeSchema,
  toLiteral,
  toLiteralType,
  type Literal,
} from "../../src/values/index.ts";

const integer = { kind: "integer" } as const;
const text = { kind: "string" } as const;
const absent = { kind: "none", absent: true } as const;

function optional(type: ValueType): ValueType {
  return { kind: "union", variants: [type, absent] };
}

/** The form that Flyte's Python SDK writes. */
describe("literals as Flyte's SDKs write them", () => {
  it.each<[string, ValueType, unknown, unknown]>([
    ["an integer", integer, 5, { scalar: { primitive: { integer: "5" } } }],
    [
      "an integer of 64 bits",
      { kind: "integer", bigint: true },
      -(2n ** 63n),
      { scalar: { primitive: { integer: "-9223372036854775808" } } },
    ],
    ["a float", { kind: "float" }, 5, { scalar: { primitive: { floatValue: 5 } } }],
    ["zero", { kind: "float" }, 0, { scalar: { primitive: { floatValue: 0 } } }],
    ["an empty text", text, "", { scalar: { primitive: { stringValue: "" } } }],
    ["false", { kind: "boolean" }, false, { scalar: { primitive: { boolean: false } } }],
    [
      "a date",
      { kind: "datetime" },
      new Date(1_500),
      { scalar: { primitive: { datetime: "1970-01-01T00:00:01.500Z" } } },
    ],
    ["a duration", { kind: "duration" }, 90.5, { scalar: { primitive: { duration: "90.500s" } } }],
    ["a negative duration", { kind: "duration" }, -0.25, { scalar: { primitive: { duration: "-0.250s" } } }],
    ["one of an enum", { kind: "enum", values: ["a", "b"] }, "b", { scalar: { primitive: { stringValue: "b" } } }],
    ["nothing", { kind: "none" }, null, { scalar: { noneType: {} } }],
    [
      "a list",
      { kind: "list", of: integer },
      [1],
      { collection: { literals: [{ scalar: { primitive: { integer: "1" } } }] } },
    ],
    [
      "a map",
      { kind: "map", of: integer },
      { a: 1 },
      { map: { literals: { a: { scalar: { primitive: { integer: "1" } } } } } },
    ],
    [
      "a file",
      { kind: "file" },
      new FlyteFile("/x"),
      { scalar: { blob: { uri: "/x", metadata: { type: { dimensionality: "SINGLE" } } } } },
    ],
    [
      "a directory",
      { kind: "dir" },
      new FlyteDir("/x"),
      { scalar: { blob: { uri: "/x", metadata: { type: { dimensionality: "MULTIPART" } } } } },
    ],
  ])("%s", (_what, type, value, expected) => {
    expect(toJson(LiteralSchema, toLiteral(type, value), { alwaysEmitImplicit: true })).toMatchObject(
      expected as object,
    );
    expect(fromLiteral(type, toLiteral(type, value))).toEqual(value);
  });

  it("an optional value as a union that names its variant", () => {
    const type = optional(text);
    expect(toJson(LiteralTypeSchema, toLiteralType(type))).toMatchObject({
      unionType: {
        variants: [
          { simple: "STRING", structure: { tag: "str" } },
          { simple: "NONE", structure: { tag: "none" } },
        ],
      },
    });
    expect(toJson(LiteralSchema, toLiteral(type, "a"))).toMatchObject({
      scalar: {
        union: {
          value: { scalar: { primitive: { stringValue: "a" } } },
          type: { simple: "STRING", structure: { tag: "str" } },
        },
      },
    });
    expect(toJson(LiteralSchema, toLiteral(type, undefined))).toMatchObject({
      scalar: { union: { value: { scalar: { noneType: {} } }, type: { structure: { tag: "none" } } } },
    });
  });

  it("an object as msgpack with sorted keys, its type with the JSON Schema as metadata", () => {
    const jsonSchema = {
      title: "Thing",
      type: "object",
      properties: { at: { type: "string", "x-appenv": "datetime" } },
    };
    const type: ValueType = { kind: "struct", jsonSchema };
    expect(toJson(LiteralTypeSchema, toLiteralType(type))).toEqual({
      simple: "STRUCT",
      metadata: jsonSchema,
      annotation: { annotations: { "cache-key-metadata": { "serialization-format": "msgpack" } } },
    });
    const { value } = toLiteral(type, { z: 2 ** 40, f: 2, at: new Date(0) });
    const binary = value.case === "scalar" && value.value.value.case === "binary" ? value.value.value.value : undefined;
    expect(binary?.tag).toBe("msgpack");
    const plain = decode(binary!.value, { useBigInt64: true }) as object;
    expect(plain).toEqual({ at: "1970-01-01T00:00:00.000Z", f: 2, z: 2n ** 40n });
    expect(Object.keys(plain)).toEqual(["at", "f", "z"]);
  });
});

/** The type as other SDKs see it, after checking that it survives a round trip. */
function schemaOf(jsonSchema: Record<string, unknown>): unknown {
  const type: ValueType = { kind: "struct", jsonSchema };
  expect(fromLiteralType(toLiteralType(type))).toEqual(type);
  return toLiteralType(type).metadata;
}

describe("types of structs", () => {
  it("have a schema only where Python's SDK can make a class of it", () => {
    const named = { title: "Thing", type: "object" };
    expect(schemaOf(named)).toEqual(named);
    expect(schemaOf({ type: "object" })).toBeUndefined();
    expect(schemaOf({ title: "Pair", type: "array" })).toBeUndefined();
    expect(schemaOf({ ...named, properties: { children: { items: { $ref: "#" } } } })).toBeUndefined();
    const $defs = { Node: { properties: { next: { $ref: "#/$defs/Node" } } } };
    expect(schemaOf({ ...named, properties: { first: { $ref: "#/$defs/Node" } }, $defs })).toBeUndefined();
  });
});

describe("literals that others write", () => {
  it("reads a struct that is a google.protobuf.Struct", () => {
    const type: ValueType = { kind: "struct", jsonSchema: { type: "object", properties: { n: { type: "integer" } } } };
    const literal = create(LiteralSchema, {
      value: { case: "scalar", value: { value: { case: "generic", value: { n: 1 } } } },
    });
    expect(fromLiteral(type, literal)).toEqual({ n: 1 });
  });

  it("reads a null that Python writes for what is left out", () => {
    const type: ValueType = { kind: "struct", jsonSchema: { type: "object", properties: { n: { type: "integer" } } } };
    expect(fromLiteral(type, toLiteral({ kind: "struct", jsonSchema: {} }, { n: null }))).toEqual({});
  });

  it("reads an integer as a float, a whole float as an integer, and what is not wrapped in a union", () => {
    expect(fromLiteral({ kind: "float" }, toLiteral(integer, 2))).toBe(2);
    expect(fromLiteral(integer, toLiteral({ kind: "float" }, 2))).toBe(2);
    expect(fromLiteral(optional(integer), toLiteral(integer, 2))).toBe(2);
    expect(fromLiteral(integer, toLiteral(optional(integer), 2))).toBe(2);
  });

  it("shows types that JavaScript has none for as structs", () => {
    const table = create(LiteralTypeSchema, { type: { case: "structuredDatasetType", value: { format: "parquet" } } });
    expect(fromLiteralType(table)).toEqual({ kind: "struct", jsonSchema: {} });
  });
});

describe("values that do not fit", () => {
  const point = { type: "object", properties: { x: { type: "integer" } }, required: ["x"] };
  const cases: [ValueType, unknown, string][] = [
    [integer, 1.5, "The value must be a whole number, but is 1.5."],
    [
      integer,
      2 ** 53,
      "The value must be a whole number from -(2^53 - 1) to 2^53 - 1 (larger ones take z.bigint()), but is 9007199254740992.",
    ],
    [integer, 1n, "The value must be a whole number, but is 1n."],
    [
      { kind: "integer", bigint: true },
      2n ** 63n,
      "The value must be a bigint of at most 64 bits, but is 9223372036854775808n.",
    ],
    [text, "\uD800", "The value has half of a surrogate pair, which cannot be written."],
    [{ kind: "datetime" }, new Date(Number.NaN), "The value must be a Date, but is an invalid one."],
    [
      { kind: "datetime" },
      new Date(Date.UTC(10_000, 0)),
      "The value must be a Date of the years 1 to 9999, but is +010000-01-01T00:00:00.000Z.",
    ],
    [{ kind: "duration" }, "1s", 'The value must be a number of seconds, at most 10,000 years, but is "1s".'],
    [{ kind: "enum", values: ["a", "b"] }, "c", 'The value must be one of "a", "b", but is "c".'],
    [
      { kind: "list", of: { kind: "list", of: integer } },
      [[1], [2, "3"]],
      'The value[1][1] must be a whole number, but is "3".',
    ],
    [{ kind: "map", of: integer }, { "a b": null }, 'The value["a b"] must be a whole number, but is null.'],
    [{ kind: "map", of: integer }, new Map(), "The value must be an object, but is a Map."],
    [optional({ kind: "list", of: integer }), [true], "The value[0] must be a whole number, but is true."],
    [
      { kind: "union", variants: [integer, text] },
      true,
      "The value must be one of 2 types (integer, string), but is true.",
    ],
    [{ kind: "file" }, "/x", 'The value must be a FlyteFile, but is "/x".'],
    [{ kind: "struct", jsonSchema: point }, {}, "The value.x is missing."],
    [
      { kind: "struct", jsonSchema: { type: "array", items: point } },
      [{ x: 1 }, { x: "a" }],
      'The value[1].x must be a whole number, but is "a".',
    ],
    [{ kind: "struct", jsonSchema: {} }, { a: [() => 1] }, "The value.a[0] is a function, which cannot be written."],
    [
      { kind: "struct", jsonSchema: {} },
      { a: [1, new Date(0)] },
      'The value.a[1] is a Date, and would be read as "1970-01-01T00:00:00.000Z": the schema must tell the two apart.',
    ],
  ];

  it.each(cases.map(([type, value, message]) => ({ type, value, message })))("$message", ({ type, value, message }) => {
    expect(() => toLiteral(type, value)).toThrowError(
      expect.objectContaining({ code: "INVALID_INPUT", message }) as never,
    );
  });

  it("tells a literal's error from a value's", () => {
    expect(() => fromLiteral(integer, toLiteral(text, "a"))).toThrowError(
      'The literal must be a whole number, but is the text "a".',
    );
    expect(() => fromLiteral(integer, create(LiteralSchema))).toThrowError("The literal has no value.");
  });
});

function sent(name: string, value: Literal): Uint8Array {
  return toBinary(InputsSchema, create(InputsSchema, { literals: [{ name, value }] }));
}

describe("inputs", () => {
  const definition: TaskInterface = {
    inputs: [
      { name: "a", type: integer },
      { name: "b", type: optional(text), default: { value: null } },
      { name: "c", type: text, default: { value: "by default" } },
    ],
    output: integer,
  };

  it("fills defaults in; an optional input that is not given is undefined", () => {
    expect(decodeInputs(definition, encodeInputs(definition, { a: 1 }))).toStrictEqual({
      a: 1,
      b: undefined,
      c: "by default",
    });
    const foreign = toBinary(
      InputsSchema,
      create(InputsSchema, { literals: [{ name: "a", value: toLiteral(integer, 1) }] }),
    );
    expect(decodeInputs(definition, foreign)).toStrictEqual({ a: 1, b: undefined, c: "by default" });
    expect(fillInputs(definition, foreign)).toEqual(encodeInputs(definition, { a: 1 }));
  });

  it("keeps the context and the hashes that a client states", () => {
    const value = { ...toLiteral(integer, 1), hash: "h" };
    const foreign = toBinary(
      InputsSchema,
      create(InputsSchema, { literals: [{ name: "a", value }], context: [{ key: "k", value: "v" }] }),
    );
    const filled = Buffer.from(fillInputs(definition, foreign)).toString("latin1");
    expect(filled).toContain("h");
    expect(filled).toContain("k");
    expect(fillInputs(definition, foreign)).not.toEqual(encodeInputs(definition, { a: 1 }));
  });

  it.each<[Record<string, unknown>, string]>([
    [{}, "The input 'a' is missing."],
    [{ a: "1" }, `The input 'a' must be a whole number, but is "1".`],
    [{ a: 1, d: 1 }, "The task has no input 'd'; it takes 'a', 'b', 'c'."],
  ])("refuses %j", (values, message) => {
    expect(() => encodeInputs(definition, values)).toThrowError(
      expect.objectContaining({ code: "INVALID_INPUT", message }) as never,
    );
  });

  it("refuses what another client sends wrong", () => {
    expect(() => fillInputs(definition, sent("a", toLiteral(text, "x")))).toThrowError(
      `The input 'a' must be a whole number, but is the text "x".`,
    );
    expect(() => fillInputs(definition, sent("z", toLiteral(text, "x")))).toThrowError("The task has no input 'z'");
    expect(() => fillInputs(definition, sent("c", toLiteral(text, "x")))).toThrowError("The input 'a' is missing.");
    expect(() => fillInputs(definition, new Uint8Array([255, 255]))).toThrowError("no message `flyteidl2.task.Inputs`");
  });

  it("says that an output is wrong as INVALID_OUTPUT", () => {
    expect(() => encodeOutput(integer, "x")).toThrowError(expect.objectContaining({ code: "INVALID_OUTPUT" }) as never);
    expect(encodeOutput(undefined, "whatever")).toEqual(new Uint8Array());
  });
});
