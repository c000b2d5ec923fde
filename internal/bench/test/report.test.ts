import { expect, test } from "vitest";
import { format, linesOf } from "../src/report/line.ts";
import { renderPage } from "../src/report/page.ts";
import { renderTable } from "../src/report/table.ts";
import type { Row } from "../src/row.ts";

const row: Row = {
  name: "speed",
  what: "speed",
  against: "the other",
  reach: { atLeast: 0.9 },
  how: "By a clock.",
  cause: "it is slow.",
  measure: () => Promise.reject(new Error("not here")),
};

const facts = { date: new Date("2030-01-02T03:04:05Z"), machine: ["2 cores"], peers: ["other 1.0"] };

test.each([
  [0.5, "0.50"],
  [12.34, "12.3"],
  [41_234.5, "41,235"],
])("writes %d as %s", (value, text) => {
  expect(format(value)).toBe(text);
});

test("judges the median", () => {
  const [reached] = linesOf({ row, measurement: { values: [0.8, 0.95, 1] } });
  expect(reached).toMatchObject({ reach: "≥ 0.9", measured: "0.95 [0.80–1.00]", verdict: "reached" });
  const [short] = linesOf({ row, measurement: { values: [0.8, 0.85, 1] } });
  expect(short?.verdict).toBe("falls short");
});

test("shows both sides, and what was measured on the way", () => {
  const sides = { unit: "ms", ours: [10, 20, 30], theirs: [40, 40, 40] };
  const also = [{ what: "the same, cold", against: "the other", values: [7], unit: "ms" as const }];
  const [main, extra] = linesOf({ row, measurement: { values: [0.25, 0.5, 0.75], sides, also } });
  expect(main?.sides).toBe("20.0 : 40.0 ms");
  expect(extra).toMatchObject({ what: "the same, cold", measured: "7.00 ms", verdict: "for information" });
});

test("says why a row was not measured", () => {
  const [line] = linesOf({ row, missing: "wrk is missing" });
  expect(line).toMatchObject({ measured: "", verdict: "not measured: wrk is missing" });
});

test("aligns the table", () => {
  const rows = renderTable(linesOf({ row, measurement: { values: [1] } })).split("\n");
  expect(new Set(rows.map((line) => line.length)).size).toBe(1);
  expect(rows[2]).toContain("| 1.00 ");
});

test("the page tells where it falls short and why, and how calm the machine was", () => {
  const page = renderPage([{ row, measurement: { values: [0.5], disturbance: 0.25 } }], facts);
  expect(page).toContain("2030-01-02");
  expect(page).toContain("- **speed**: it is slow.");
  expect(page).toContain("speed 25 %");
  expect(page).toContain("- other 1.0");
});

test("the page says so when every row was reached", () => {
  expect(renderPage([{ row, measurement: { values: [1] } }], facts)).toContain("every row was reached");
});
