import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { format, linesOf } from "../src/report/line.ts";
import { renderPage } from "../src/report/page.ts";
import { renderTable } from "../src/report/table.ts";
import { readResults, type Result } from "../src/report/results.ts";
import { root } from "../src/peers/folders.ts";
import type { Row } from "../src/row.ts";
import type { Measurement } from "../src/stats/figures.ts";
import { allRows } from "../src/rows/all.ts";

const row: Row = {
  name: "speed",
  what: "speed",
  against: "the other",
  reach: { atLeast: 0.9 },
  how: "By a clock.",
  cause: "it is slow.",
  measure: () => Promise.reject(new Error("not here")),
};

const measured = (measurement: Measurement) => ({ row, date: "2030-01-02", how: row.how, measurement });

const result = (measurement: Measurement): Result => ({
  date: "2030-01-02",
  revision: "abc1234",
  how: row.how,
  machine: ["2 cores"],
  versions: ["other 1.0"],
  load: [0.5, 1.25],
  measurement,
});

test.each([
  [0.5, "0.50"],
  [12.34, "12.3"],
  [41_234.5, "41,235"],
])("writes %d as %s", (value, text) => {
  expect(format(value)).toBe(text);
});

test("judges the median", () => {
  const [reached] = linesOf(measured({ values: [0.8, 0.95, 1] }));
  expect(reached).toMatchObject({ reach: "≥ 0.9", measured: "0.95 [0.80–1.00]", judgement: "reached" });
  const [short] = linesOf(measured({ values: [0.8, 0.85, 1] }));
  expect(short?.judgement).toBe("falls short");
});

test("shows both sides, and the numbers measured along the way", () => {
  const sides = { unit: "ms", ours: [10, 20, 30], theirs: [40, 40, 40] };
  const also = [{ what: "the same, cold", against: "the other", values: [7], unit: "ms" as const }];
  const [main, extra] = linesOf(measured({ values: [0.25, 0.5, 0.75], sides, also }));
  expect(main?.sides).toBe("20.0 : 40.0 ms");
  expect(extra).toMatchObject({ what: "the same, cold", measured: "7.00 ms", judgement: "for information" });
});

test("says why a row has no numbers", () => {
  const [line] = linesOf({ row, missing: "not measured: wrk is missing" });
  expect(line).toMatchObject({ measured: "", judgement: "not measured: wrk is missing" });
});

test("aligns the table", () => {
  const rows = renderTable(linesOf(measured({ values: [1] }))).split("\n");
  expect(new Set(rows.map((line) => line.length)).size).toBe(1);
  expect(rows[2]).toContain("| 1.00 ");
});

test("the page says which rows fall short and why, the date of each row, and how calm the machine was", () => {
  const page = renderPage([row], { speed: result({ values: [0.5], disturbance: 0.25 }) });
  expect(page).toMatch(/falls short +\| 2030-01-02/);
  expect(page).toContain("- **speed**: it is slow.");
  expect(page).toMatch(/\| speed \| 2030-01-02 \| abc1234 \| 0.50, 1.25 +\| 25 % +\|/);
  expect(page).toContain("speed:\n\n- 2 cores\n- other 1.0");
});

test("the page says so when every row has reached its goal", () => {
  expect(renderPage([row], { speed: result({ values: [1] }) })).toContain("every row has reached its goal");
});

test("the page names rows that were never measured, or whose method has changed since", () => {
  const other = { ...row, name: "size" };
  const page = renderPage([row, other], { speed: { ...result({ values: [1] }), how: "By guessing." } });
  expect(page).toContain("reached, not measured anew since the method changed");
  expect(page).toContain("Not measured again since the method changed: speed.");
  expect(page).toContain("Not measured yet: size.");
});

test("docs/benchmarks.md is what docs/benchmarks.json gives", () => {
  const page = readFileSync(join(root, "docs/benchmarks.md"), "utf8");
  expect(page === renderPage(allRows, readResults()), "run `pnpm bench --page`").toBe(true);
});
