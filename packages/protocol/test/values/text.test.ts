import { FlyteDir, FlyteFile } from "@appenv/core";
import { type ValueType } from "@appenv/core/internal";
import { expect, it } from "vitest";
import { valueFromText } from "../../src/values/index.ts";

const text = { kind: "string" } as const;
const none = { kind: "none", absent: true } as const;
const union = (...variants: ValueType[]): ValueType => ({ kind: "union", variants });

it.each<[ValueType, string, unknown]>([
  [text, "5", 5 + ""],
  [text, "", ""],
  [{ kind: "integer" }, "-12", -12],
  [{ kind: "integer", bigint: true }, "9007199254740993", 9_007_199_254_740_993n],
  [{ kind: "float" }, "1e3", 1_000],
  [{ kind: "boolean" }, "true", true],
  [{ kind: "datetime" }, "2030-01-31T12:00:00+01:00", new Date("2030-01-31T11:00:00Z")],
  [{ kind: "duration" }, "90", 90],
  [{ kind: "duration" }, "1m30s", 90],
  [{ kind: "enum", values: ["a", "b"] }, "b", "b"],
  [{ kind: "file" }, "./x", new FlyteFile("./x")],
  [{ kind: "dir" }, "/d", new FlyteDir("/d")],
  [{ kind: "list", of: { kind: "datetime" } }, '["2030-01-31"]', [new Date("2030-01-31")]],
  [{ kind: "map", of: { kind: "integer" } }, '{"a":1}', { a: 1 }],
  [
    { kind: "struct", jsonSchema: { properties: { at: { "x-appenv": "datetime" } } } },
    '{"at":"2030-01-31"}',
    { at: new Date("2030-01-31") },
  ],
  [union(text, none), "null", "null"],
  [union({ kind: "integer" }, none), "null", undefined],
  [union({ kind: "integer" }, none), "3", 3],
  [union(text, { kind: "integer" }), "3", 3],
  [union(text, { kind: "integer" }), "x", "x"],
  [union({ kind: "list", of: { kind: "integer" } }, none), "[1]", [1]],
])("%j reads %s", (type, given, value) => {
  expect(valueFromText(type, given)).toEqual(value);
});

it.each<[ValueType, string, string]>([
  [{ kind: "integer" }, "1.5", 'must be a whole number, but is "1.5".'],
  [{ kind: "integer" }, "9007199254740993", "must be a whole number, but is 9007199254740992."],
  [{ kind: "float" }, "", 'must be a number, but is "".'],
  [{ kind: "boolean" }, "yes", 'must be true or false, but is "yes".'],
  [{ kind: "datetime" }, "soon", 'must be a date such as 2030-01-31T12:00:00Z, but is "soon".'],
  [
    { kind: "duration" },
    "1 moon",
    'must be a number of seconds, or a text such as "30s", "5m" or "1h", but is "1 moon".',
  ],
  [{ kind: "enum", values: ["a", "b"] }, "c", 'must be one of a, b, but is "c".'],
  [{ kind: "file" }, "", 'must be a path or URI, but is "".'],
  [{ kind: "list", of: text }, "a,b", 'must be a list as JSON, such as [1, 2], but is "a,b"'],
  [{ kind: "list", of: { kind: "integer" } }, '[1,"a"]', '[1] must be a whole number, but is "a".'],
  [{ kind: "map", of: text }, "[]", "must be an object, but is a list of 0."],
  [union({ kind: "integer" }, none), "x", 'must be a whole number, but is "x".'],
])("%j refuses %s", (type, given, message) => {
  expect(() => valueFromText(type, given)).toThrowError(
    expect.objectContaining({ code: "INVALID_INPUT", message: expect.stringContaining(message) as string }) as never,
  );
});
