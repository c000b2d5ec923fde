import { create } from "@bufbuild/protobuf";
import { LiteralSchema, SimpleType, toLiteral, type Literal } from "@appenv/protocol/tasks";
import { encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import { plainValue } from "../src/api/values.ts";
import { readAnswer } from "../src/pages/run/inspector/answer.ts";
import { fieldsOf, filledIn } from "../src/parts/form/fields.ts";
import { actionPath, pathOf } from "../src/route/names.ts";
import { readRoute } from "../src/route/route.ts";

function struct(value: Uint8Array, tag: string): Literal {
  return create(LiteralSchema, {
    value: { case: "scalar", value: { value: { case: "binary", value: { value, tag } } } },
  });
}

test("a path leads to the page it was made for, whatever is in a name", () => {
  const name = { project: "p/q", domain: "d%", name: "a b/…" };
  expect(readRoute(pathOf("tasks", name))).toEqual({ page: "task", name });
  expect(readRoute(`${pathOf("triggers", name)}/`)).toEqual({ page: "trigger", name });
  expect(readRoute(actionPath(name, "x/y"))).toEqual({ page: "run", name, action: "x/y" });
  expect(readRoute(pathOf("runs", name))).toEqual({ page: "run", name, action: undefined });
  expect(
    ["/", "/v2/runs/", "/v2/domain/d/project/p/runs", "/v2/domain/%zz/project/p/apps/a", "/v2/apps/x"].map(
      (path) => readRoute(path).page,
    ),
  ).toEqual(["overview", "runs", "runs", "nothing", "nothing"]);
});

test("a form takes what was typed by the types of its fields, and leaves out what was not", () => {
  const form = {
    type: "object",
    required: ["count", "name", "tags", "file"],
    properties: {
      count: { type: "integer", default: 3 },
      name: { type: "string" },
      tags: { type: "array", items: { type: "string" } },
      file: { type: "object", format: "blob", properties: { uri: { type: "string", default: "s3://a" } } },
      maybe: { oneOf: [{ type: "integer" }, { type: "null" }], default: { type: "null" } },
      size: { type: "string", enum: ["S", "L"] },
    },
  };
  const fields = fieldsOf(form);
  expect(fields.map(({ kind, text, type }) => [kind, text, type].join("|"))).toEqual([
    "number|3|integer",
    "text||string",
    "json||list of string",
    "file|s3://a|file",
    "json|null|integer or null",
    "choice||string",
  ]);
  const typed = new Map([
    ["count", "4"],
    ["name", ""],
    ["tags", '["a"]'],
  ]);
  const { properties } = filledIn(form, fields, typed) as { properties: Record<string, { default?: unknown }> };
  expect(Object.entries(properties).map(([key, schema]) => [key, schema.default])).toEqual([
    ["count", 4],
    ["name", ""],
    ["tags", ["a"]],
    ["file", { uri: "s3://a", format: "", dimensionality: "" }],
    ["maybe", null],
    ["size", undefined],
  ]);
  expect(() => filledIn(form, fields, new Map([["tags", "[a"]]))).toThrow("'tags' is no JSON");
});

test("values are shown as what they are, without their task", () => {
  const list = toLiteral({ kind: "list", of: { kind: "integer", bigint: true } }, [1n, 2n ** 60n]);
  expect(plainValue(list)).toEqual([1, "1152921504606846976"]);
  expect(plainValue(toLiteral({ kind: "datetime" }, new Date(0)))).toBe("1970-01-01T00:00:00.000Z");
  expect(plainValue(struct(encode({ a: new Uint8Array(3), b: [1] }), "msgpack"))).toEqual({ a: "3 bytes", b: [1] });
  expect(plainValue(struct(new Uint8Array([0xc1]), "msgpack"))).toBe("1 bytes (msgpack)");
  expect(plainValue(undefined)).toBeNull();
});

test("an answer is of the type that was asked for", () => {
  expect(readAnswer(SimpleType.INTEGER, " +12 ")).toEqual({ case: "intValue", value: 12n });
  expect(readAnswer(SimpleType.INTEGER, "1.5")).toBeUndefined();
  expect(readAnswer(SimpleType.FLOAT, "1.5")).toEqual({ case: "floatValue", value: 1.5 });
  expect(readAnswer(SimpleType.FLOAT, " ")).toBeUndefined();
  expect(readAnswer(SimpleType.STRING, " x ")).toEqual({ case: "stringValue", value: " x " });
});
