import { expect, test } from "vitest";
import { withGaps } from "../src/pages/app/load/spans.ts";
import { filtered } from "../src/parts/logs/log-filter.ts";
import { levelOf } from "../src/parts/logs/level.ts";
import { logText, most, timedText, withLines, withOlder, type LogEntry } from "../src/parts/logs/log-lines.ts";

function line(text: string, source = "one", at = 0): LogEntry {
  return { at, text, source, isPlatform: false };
}

function first(lines: readonly LogEntry[]): readonly string[] {
  return lines.map(({ text }) => text.slice(0, 1));
}

test("the level of a line is what its logger wrote, and no word in its text", () => {
  const said: readonly (readonly [string, string | undefined])[] = [
    ['{"level":30,"msg":"error"}', "info"],
    ['{"time":1,"level":"WARN","msg":"x"}', "warn"],
    ['{"severity":"ERROR"}', "error"],
    ["2026-11-01 12:00:00 ERROR no pears", "error"],
    ["[WARN] few pears", "warn"],
    ["ts=1 level=debug msg=x", "debug"],
    ["TypeError: x is not a function", "error"],
    ["Error [ERR_X]: y", "error"],
    ["there was no error today", undefined],
    ["GET /info 200", undefined],
  ];
  expect(said.map(([text]) => [text, levelOf(text)])).toEqual(said);
});

test("a stack has the level of its first line, and filters leave the rest out", () => {
  const lines = [
    line("TypeError: no"),
    line("other", "two"),
    line("    at sell (stall.ts:1)"),
    line("sold"),
    line("    more"),
    line("[WARN] few", "two"),
  ];
  const texts = (...[level, source, text]: [any, string, string]): readonly string[] =>
    filtered(lines, { level, source, text }).map((each) => each.text);
  expect(texts("error", "", "")).toEqual(["TypeError: no", "    at sell (stall.ts:1)"]);
  expect(texts("warn", "two", "")).toEqual(["[WARN] few"]);
  expect(texts(undefined, "", "SOLD")).toEqual(["sold"]);
  expect(filtered(lines, { level: undefined, source: "", text: "" })).toBe(lines);
});

test("a page keeps as many lines and characters as fit: the newest while it is live, the oldest while one reads back", () => {
  const large = Array.from({ length: 10 }, (_, index) => line(`${index}${"x".repeat(most.characters / 8)}`));
  expect(first(withLines(large.slice(0, 5), large.slice(5)))).toEqual(["3", "4", "5", "6", "7", "8", "9"]);
  expect(first(withOlder(large.slice(5), large.slice(0, 5)))).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
  const many = Array.from({ length: most.lines }, (_, index) => line(String(index)));
  expect(withLines(many, [line("new")]).at(-1)?.text).toBe("new");
  expect(withLines(many, [line("new")])).toHaveLength(most.lines);
  expect(logText([line("a"), line("b")])).toBe("a\nb");
  expect(timedText([line("a", "one", 1_000)])).toBe("1970-01-01T00:00:01.000Z one a");
});

test("a chart has a hole where nothing is known", () => {
  expect(withGaps([1, 2, 9, 10], ["a", "b", "c", "d"], 1)).toEqual({
    times: [1, 2, 3, 9, 10],
    points: ["a", "b", undefined, "c", "d"],
  });
});
