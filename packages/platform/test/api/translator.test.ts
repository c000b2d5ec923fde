import { Code } from "@connectrpc/connect";
import type { ValueType } from "@appenv/core/internal";
import { FlyteFile } from "@appenv/core";
import { fromLiteral, toLiteral, toLiteralType, toTaskSpec } from "@appenv/protocol/tasks";
import { expect, test } from "vitest";
import { taskDefinition, taskId } from "../support/fake-tasks.ts";
import { failure, startTaskApi } from "../support/task-api.ts";

const point = { type: "object", properties: { a: { type: "number" } }, required: ["a"], title: "Point" };

const cases: readonly { name: string; type: ValueType; value: unknown; json: unknown; form: unknown }[] = [
  { name: "integer", type: { kind: "integer" }, value: 7, json: 7, form: 7 },
  { name: "float", type: { kind: "float" }, value: 1.5, json: 1.5, form: 1.5 },
  { name: "string", type: { kind: "string" }, value: "hi", json: "hi", form: "hi" },
  { name: "boolean", type: { kind: "boolean" }, value: false, json: false, form: false },
  {
    name: "datetime",
    type: { kind: "datetime" },
    value: new Date("2030-01-02T03:04:05.000Z"),
    json: "2030-01-02T03:04:05.000Z",
    form: "2030-01-02T03:04:05.000Z",
  },
  { name: "duration", type: { kind: "duration" }, value: 90, json: 90, form: "90s" },
  { name: "enum", type: { kind: "enum", values: ["a", "b"] }, value: "b", json: "b", form: "b" },
  { name: "list", type: { kind: "list", of: { kind: "duration" } }, value: [1, 2], json: [1, 2], form: ["1s", "2s"] },
  { name: "map", type: { kind: "map", of: { kind: "integer" } }, value: { x: 1 }, json: { x: 1 }, form: { x: 1 } },
  {
    name: "file",
    type: { kind: "file" },
    value: new FlyteFile("/tmp/a"),
    json: "/tmp/a",
    // It stands in the defaults of its parts.
    form: undefined,
  },
  {
    name: "optional",
    type: { kind: "union", variants: [{ kind: "integer" }, { kind: "none" }] },
    value: 3,
    json: 3,
    form: 3,
  },
  {
    name: "missing",
    type: { kind: "union", variants: [{ kind: "integer" }, { kind: "none" }] },
    value: null,
    json: null,
    form: { type: "null" },
  },
  {
    name: "struct",
    type: { kind: "struct", jsonSchema: point },
    value: { a: 1.5 },
    json: { a: 1.5 },
    form: { a: 1.5 },
  },
];

const variables = {
  variables: cases.map(({ name, type }) => ({
    key: name,
    value: { type: toLiteralType(type), description: `The ${name}` },
  })),
};

test("JSON becomes literals", async () => {
  const { translator } = await startTaskApi();
  const values = Object.fromEntries(cases.map(({ name, json }) => [name, json])) as Record<string, never>;
  const { literals } = await translator.jsonValuesToLiterals({ variables, values: { ...values, unknown: 1 } });
  for (const { name, type, value } of cases) {
    const literal = literals.find((one) => one.name === name)?.value;
    expect([name, literal && fromLiteral(type, literal)]).toEqual([name, value]);
  }
  const { integer: _, ...others } = values as Record<string, never>;
  const error = await failure(translator.jsonValuesToLiterals({ variables, values: others }));
  expect([error.code, error.rawMessage]).toEqual([Code.InvalidArgument, "The input 'integer' is missing."]);
  const wrong = translator.jsonValuesToLiterals({ variables, values: { ...values, integer: "x" as never } });
  expect((await failure(wrong)).rawMessage).toContain("'integer'");
});

test("literals become a form, and a form literals", async () => {
  const { translator } = await startTaskApi();
  const literals = cases.map(({ name, type, value }) => ({ name, value: toLiteral(type, value) }));
  const { json } = await translator.literalsToLaunchFormJson({ variables, literals });
  const properties = json?.["properties"] as Record<string, { default?: unknown; description?: string }>;
  for (const { name, form } of cases) {
    expect([name, properties[name]?.default]).toEqual([name, form]);
    expect(properties[name]?.description).toBe(`The ${name}`);
  }
  expect(properties["file"]).toMatchObject({ format: "blob", properties: { uri: { default: "/tmp/a" } } });
  expect(properties["datetime"]).toMatchObject({ type: "string", format: "datetime" });
  expect(json?.["required"]).not.toContain("optional");
  expect(json?.["required"]).toContain("integer");
  const back = await translator.launchFormJsonToLiterals(json === undefined ? {} : { json });
  for (const { name, type, value } of cases) {
    const literal = back.literals.find((one) => one.name === name)?.value;
    expect([name, literal && fromLiteral(type, literal)]).toEqual([name, value]);
  }
  const bad = translator.launchFormJsonToLiterals({ json: { properties: { x: { type: "colour", default: 1 } } } });
  expect((await failure(bad)).code).toBe(Code.InvalidArgument);
  expect((await failure(translator.launchFormJsonToLiterals({ json: {} }))).code).toBe(Code.InvalidArgument);
});

test("a task's spec becomes a form with its defaults", async () => {
  const { translator } = await startTaskApi();
  const inputs = [
    { name: "n", type: { kind: "integer" }, default: { value: 5 } },
    { name: "x", type: { kind: "string" }, description: "Some text" },
  ] as const;
  const taskSpec = toTaskSpec(taskId(), taskDefinition({ interface: { inputs, output: undefined } }));
  const { json } = await translator.taskSpecToLaunchFormJson({ taskSpec });
  expect(json?.["properties"]).toEqual({
    n: { type: "integer", default: 5 },
    x: { type: "string", description: "Some text" },
  });
});
