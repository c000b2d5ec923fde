import { AppEnvError } from "@appenv/core";
import type { InputVariable, ValueType } from "@appenv/core/internal";
import { describe, expect, test } from "vitest";
import { typeWord } from "../src/runs/input-types.ts";
import { readInputs } from "../src/runs/read-inputs.ts";

function task(...inputs: InputVariable[]) {
  return { name: "env.task", interface: { inputs, output: undefined } };
}

const integer: ValueType = { kind: "integer" };
const flag: ValueType = { kind: "boolean" };
const optionalFlag: ValueType = { kind: "union", variants: [flag, { kind: "none" }] };
const takes = task(
  { name: "maxSize", type: integer },
  { name: "dry_run", type: flag },
  { name: "json", type: { kind: "string" } },
  { name: "maybe", type: optionalFlag },
);

/** The value that was read, as `kind text`. */
function read(words: readonly string[], stated: Readonly<Record<string, string>> = {}, of = takes) {
  return readInputs(of, words, stated, (type, text) => `${type.kind} ${text}`);
}

function refuse(): never {
  throw new AppEnvError("INVALID_INPUT", 'The value must be a whole number, but is "a".');
}

function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (AppEnvError.is(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}

describe("inputs on the command line", () => {
  test.each([
    [["--maxSize", "1"], { maxSize: "integer 1" }],
    [["--maxSize=1"], { maxSize: "integer 1" }],
    [["--max-size", "-1"], { maxSize: "integer -1" }],
    [["--maxSize="], { maxSize: "integer " }],
    [["--json", "a=b --c"], { json: "string a=b --c" }],
    [["--json=--c"], { json: "string --c" }],
    [["--dry-run"], { dry_run: "boolean true" }],
    [["--dry_run", "--maxSize", "1"], { dry_run: "boolean true", maxSize: "integer 1" }],
    [["--dry-run", "false"], { dry_run: "boolean false" }],
    [["--no-dry-run"], { dry_run: "boolean false" }],
    [["--maybe", "--no-dry_run"], { maybe: "union true", dry_run: "boolean false" }],
    [[], {}],
  ])("%j", (words, expected) => expect(read(words)).toEqual(expected));

  test("an input that is named like an option of the command is stated apart", () => {
    expect(read(["--maxSize", "1"], { json: "x=y" })).toEqual({ json: "string x=y", maxSize: "integer 1" });
  });

  test.each([
    [
      ["--size", "1"],
      "INVALID_ARGUMENT: 'env.task' has no input 'size'; it takes --maxSize, --dry_run, --json, --maybe.",
    ],
    [["1"], "INVALID_ARGUMENT: '1' is not expected here; inputs are given as --NAME VALUE."],
    [["-x", "1"], "INVALID_ARGUMENT: '-x' is not expected here; inputs are given as --NAME VALUE."],
    [
      ["--maxSize"],
      "INVALID_ARGUMENT: The input 'maxSize' is given without a value; write --maxSize VALUE, or --maxSize=VALUE.",
    ],
    [
      ["--maxSize", "--dry-run"],
      "INVALID_ARGUMENT: The input 'maxSize' is given without a value; write --maxSize VALUE, or --maxSize=VALUE.",
    ],
    [["--maxSize", "1", "--max-size", "2"], "INVALID_ARGUMENT: The input 'maxSize' is given twice."],
    [["--no-maxSize"], "INVALID_ARGUMENT: 'env.task' has no input 'no-maxSize'"],
    [["--dry-run", "yes"], "INVALID_ARGUMENT: 'yes' is not expected here"],
  ])("%j is refused", (words, message) => expect(errorOf(() => read(words))).toContain(message));

  test("a task without inputs says so", () => {
    expect(errorOf(() => read(["--x", "1"], {}, task()))).toBe(
      "INVALID_ARGUMENT: 'env.task' has no input 'x'; it takes none.",
    );
  });

  test("a value that cannot be read names its input", () => {
    expect(errorOf(() => readInputs(takes, ["--maxSize", "a"], {}, refuse))).toBe(
      `INVALID_INPUT: The input 'maxSize' must be a whole number, but is "a".`,
    );
  });
});

test.each<[ValueType, string]>([
  [integer, "integer"],
  [{ kind: "enum", values: ["red", "green"] }, "red|green"],
  [{ kind: "list", of: integer }, "json"],
  [{ kind: "struct", jsonSchema: {} }, "json"],
  [{ kind: "file" }, "path"],
  [optionalFlag, "boolean"],
  [{ kind: "union", variants: [integer, { kind: "string" }, { kind: "none" }] }, "integer|string"],
])("%j is shown as %s", (type, word) => expect(typeWord(type)).toBe(word));
