import { expect, test } from "vitest";
import { AppEnvironment } from "../src/index.ts";
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

test.each([
  ["vite preview --port $PORT", []],
  [["vite", "preview", "--port=${PORT}"], []],
  ["vite preview", ["--port", "$PORT"]],
])("a command that waits for a shell is refused, with the shell to use: %j %j", (command, args) => {
  const make = (): unknown => new AppEnvironment({ name: "preview", command, args });
  expect(make).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining("no shell") }),
  );
  expect(make).toThrow(expect.objectContaining({ fix: expect.stringContaining('["sh", "-c", "exec vite preview') }));
});

test.each([
  [["sh", "-c", "exec vite preview --port $PORT"]],
  ["/bin/sh -c 'exec vite --port $PORT'"],
  ["serve $PORTAL"],
])("a shell reads its own words: %j", (command) => {
  expect(new AppEnvironment({ name: "preview", command }).command).not.toEqual([]);
});
