import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { OutputType } from "@appenv/core/internal";
import { expect, test } from "vitest";
import {
  decodeOutput,
  encodeOutput,
  interfaceOfSpec,
  OutputsSchema,
  outputToJson,
  TaskSpecSchema,
  toLiteralType,
} from "../../src/tasks/index.ts";

/** The output of a task with outputs of these names, as another SDK wrote it. */
function outputOf(...names: readonly string[]): OutputType | undefined {
  const type = toLiteralType({ kind: "integer" });
  const variables = names.map((key) => ({ key, value: { type } }));
  return interfaceOfSpec(create(TaskSpecSchema, { taskTemplate: { interface: { outputs: { variables } } } })).output;
}

test("several outputs are a list in their order, whatever order they are written in", () => {
  const names = ["o10", "o2", "o0", "o1", "o3", "o9", "o8", "o7", "o6", "o5", "o4"];
  const type = outputOf(...names);
  const numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const bytes = encodeOutput(type, numbers);
  const shuffled = fromBinary(OutputsSchema, bytes).literals.toReversed();
  expect(decodeOutput(type, toBinary(OutputsSchema, create(OutputsSchema, { literals: shuffled })))).toEqual(numbers);
  expect(outputToJson(type as OutputType, numbers)).toEqual(numbers);
});

test("outputs with names of their own are an object, also if there is only one", () => {
  for (const value of [{ high: 2, low: 1 }, { answer: 42 }]) {
    const type = outputOf(...Object.keys(value));
    expect(decodeOutput(type, encodeOutput(type, value))).toEqual(value);
    expect(outputToJson(type as OutputType, value)).toEqual(value);
  }
});

test("one of several outputs that is missing, or of another type, is named", () => {
  const type = outputOf("o0", "o1");
  expect(() => decodeOutput(type, encodeOutput({ kind: "integer" }, 1))).toThrow("have no 'o1'");
  expect(() => encodeOutput(type, [1, "2"])).toThrow("The output 'o1' must be a whole number");
  expect(() => encodeOutput(type, 1)).toThrow("must be a list of 2 outputs");
});
