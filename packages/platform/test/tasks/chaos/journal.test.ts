import { expect, test } from "vitest";
import { mistakesIn, type Entry } from "./journal.ts";

function entries(...lines: readonly string[]): readonly Entry[] {
  return lines.map((line) => {
    const [kind = "", path = "", ...rest] = line.split(" ");
    return { kind, pid: 1, run: "r", path, rest };
  });
}

test("an attempt that is lost before its parent has the result may come again", () => {
  const lines = entries("start 0 a0 1", "end 0 a0 1 7", "start 0 a0 2", "end 0 a0 2 7", "told 0 7");
  expect(mistakesIn(lines, [{ lines: 1, ended: new Set(["r/a1"]) }])).toEqual([]);
});

test.each([
  [["told 0 7", "start 0 a0 2"], "line 2, node 0 of r: began again though its parent had its result"],
  [["end 0 a0 1 7", "told 0 8"], "line 2, node 0 of r: gave two results"],
  [["trace-end 0", "trace-start 0"], "line 2, node 0 of r: ran its trace again though it had the result"],
])("%j is a mistake", (lines, mistake) => {
  expect(mistakesIn(entries(...lines), [])).toEqual([mistake]);
});

test("an action that the store had ended before a kill may not come again", () => {
  const lines = entries("start 0 a0 1", "end 0 a0 1 7", "start 0 a0 1");
  expect(mistakesIn(lines, [{ lines: 2, ended: new Set(["r/a0"]) }])).toHaveLength(1);
  expect(mistakesIn(lines, [{ lines: 3, ended: new Set(["r/a0"]) }])).toEqual([]);
});
