import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readTestReport } from "./test-report.ts";
import { root } from "./workspace.ts";

const folder = mkdtempSync(join(tmpdir(), "appenv-test-report-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function reportOf(content: unknown): ReturnType<typeof readTestReport> {
  const file = join(folder, "results.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return readTestReport(file);
}

test("each test that failed is named with its file and the first line of its error", () => {
  const passed = { fullName: "works", status: "passed", failureMessages: [] };
  const broken = {
    fullName: "group breaks",
    status: "failed",
    failureMessages: ["\u001B[31mError: no\u001B[0m\n at x"],
  };
  const results = [
    { name: join(root, "a.test.ts"), status: "failed", message: "", assertionResults: [passed, broken] },
    { name: join(root, "b.test.ts"), status: "failed", message: "No such module\nmore", assertionResults: [] },
    { name: join(root, "c.test.ts"), status: "passed", message: "", assertionResults: [passed] },
  ];
  expect(reportOf({ numPassedTests: 2, numPendingTests: 1, numTodoTests: 1, testResults: results })).toEqual({
    passed: 2,
    failed: 2,
    skipped: 2,
    failures: ["a.test.ts: group breaks\n    Error: no", "b.test.ts\n    No such module"],
  });
});

test("a run without a report failed", () => {
  expect(reportOf("{")).toMatchObject({ passed: 0, failed: 1 });
  expect(readTestReport(join(folder, "none.json"))).toMatchObject({ passed: 0, failed: 1 });
});
