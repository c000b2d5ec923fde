import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { root } from "./workspace.ts";

/** The result of a run of tests. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One for each test that failed, and for each file that failed as a whole: where it is, and the first line of its error. */
  readonly failures: readonly string[];
}

/** The part of vitest's JSON report that is read here. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly TestResult[];
}

interface TestResult {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[] | null;
}

/** Longest error that is shown, in characters: the whole one stands further up. */
const maxError = 300;

/** Reads the JSON report of vitest. A report that cannot be read is a run that failed. */
export function readTestReport(file: string): TestReport {
  let report: VitestReport;
  try {
    report = JSON.parse(readFileSync(file, "utf8")) as VitestReport;
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: ["The tests ended without a report."] };
  }
  const failures = report.testResults.flatMap(failuresOf);
  return {
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
}

/** A test file that failed without a test that did could not be loaded, or not be ended. */
function failuresOf({ name, status, message, assertionResults }: FileResult): readonly string[] {
  const file = relative(root, name);
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (failed.length === 0 && status === "failed") return [`${file}\n    ${short(message)}`];
  return failed.map(
    ({ fullName, failureMessages }) => `${file}: ${fullName}\n    ${short(failureMessages?.[0] ?? "")}`,
  );
}

function short(error: string): string {
  const [first = ""] = stripVTControlCharacters(error).trim().split("\n");
  return first.length > maxError ? `${first.slice(0, maxError)}…` : first;
}
