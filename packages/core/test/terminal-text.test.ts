import { afterEach, describe, expect, test, vi } from "vitest";
import { terminalJson, terminalText } from "../src/internal.ts";

const terminal = { isTTY: true };

afterEach(() => vi.unstubAllEnvs());

describe("on a terminal", () => {
  test.each([
    ["a window's title", "\u001B]0;owned\u0007", "\\x1B]0;owned\\x07"],
    ["a cursor that moves", "a\u001B[2J\u001B[Hb", "a\\x1B[2J\\x1B[Hb"],
    ["a question that the keyboard answers", "\u001B[6n", "\\x1B[6n"],
    ["C1", "\u009B31m\u0090x\u009C", "\\x9B31m\\x90x\\x9C"],
    ["a line that overwrites itself", "evil\rgood", "evil\\x0Dgood"],
    ["backspaces and DEL", "a\bb\u007F\u0000", "a\\x08b\\x7F\\x00"],
    ["another direction", "a\u202Eb\u2066c\u200F", "a\\u202Eb\\u2066c\\u200F"],
    ["hidden text", "\u001B[8msecret", "\\x1B[8msecret"],
    ["hidden text among others", "\u001B[1;8msecret", "\\x1B[1;8msecret"],
    ["a hyperlink", "\u001B]8;;https://a.example\u001B\\here", "\\x1B]8;;https://a.example\\x1B\\here"],
  ])("%s is shown and not obeyed", (_what, text, shown) => {
    vi.stubEnv("NO_COLOR", "");
    expect(terminalText(text, terminal)).toBe(shown);
  });

  test("lines, tabs, letters and signs are as they are", () => {
    const text = "one\ttwo\nGrüße, 你好 👩‍💻\n";
    expect(terminalText(text, terminal)).toBe(text);
    expect(terminalText("of Windows\r\nhere\r\n", terminal)).toBe("of Windows\nhere\n");
  });

  test("colours stay, and end with their line; with NO_COLOR there are none", () => {
    vi.stubEnv("NO_COLOR", "");
    expect(terminalText("\u001B[31mred\nplain", terminal)).toBe("\u001B[31mred\u001B[0m\nplain");
    expect(terminalText("\u001B[38;5;1mred\u001B[0m", terminal)).toBe("\u001B[38;5;1mred\u001B[0m");
    vi.stubEnv("NO_COLOR", "1");
    expect(terminalText("\u001B[31mred\u001B[39m", terminal)).toBe("red");
  });

  test("JSON means the same", () => {
    const value = { text: "\u001B[31m\u009B\u202E\u007F" };
    const json = terminalJson(JSON.stringify(value), terminal);
    expect(json).toMatch(/^[\u0020-\u007E]*$/);
    expect(JSON.parse(json)).toEqual(value);
  });
});

test("a pipe or a file gets what was written", () => {
  const text = "\u001B]0;title\u0007\r\u202E";
  expect(terminalText(text, {})).toBe(text);
  expect(terminalText(text, { isTTY: false })).toBe(text);
  expect(terminalJson(text, { isTTY: false })).toBe(text);
});
