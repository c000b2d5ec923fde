import { expect, test } from "vitest";
import { readWords } from "../src/values/words.ts";
import { expectError } from "./helpers.ts";

test.each([
  ["node server.js", ["node", "server.js"]],
  ["  a   b ", ["a", "b"]],
  [`say "hello world"`, ["say", "hello world"]],
  [`say 'it is "quoted"'`, ["say", 'it is "quoted"']],
  [String.raw`a\ b "c\"d" 'e\f'`, ["a b", 'c"d', String.raw`e\f`]],
  [`--name="" x`, ["--name=", "x"]],
  [`''`, [""]],
  [String.raw`end\\`, ["end\\"]],
  ["", []],
])("%s is split as a shell would", (text, words) => {
  expect(readWords(text, "command")).toEqual(words);
});

test("a list is kept as it is, and nothing is no words", () => {
  expect(readWords(["a b", "$HOME"], "args")).toEqual(["a b", "$HOME"]);
  expect(readWords(undefined, "args")).toEqual([]);
});

test("an open quote and other types are refused", () => {
  expectError(() => readWords(`say "hello`, "command"), "INVALID_OPTION", "command", "open");
  expectError(() => readWords(5 as never, "args"), "INVALID_OPTION", "args is 5", "a string or a list of strings");
  expectError(() => readWords([5] as never, "args"), "INVALID_OPTION", "args is [5]");
});
