// Everything that must pass, as `npm test`. Shows each step with its time, the output only of steps that fail, and
// ends with the tests that failed and the number of tests. With CI=true or APPENV_NO_SKIP=1 a skipped test fails the run too.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./lib/run.ts";
import { readTestReport, type TestReport } from "./lib/test-report.ts";

const failed: string[] = [];

// They are independent of each other, and much of each waits or has one thread: three at a time.
await Promise.all([
  inOrder(
    ["format", "oxfmt", "--check"],
    ["lint", "oxlint"],
    ["arrows", "node", "scripts/lint-arrows.ts"],
    ["words", "node", "scripts/lint-words.ts"],
    ["documents", "node", "scripts/lint-docs.ts"],
    ["guides", "node", "scripts/check-guides.ts"],
    ["errors page", "node", "scripts/generate-errors.ts", "--check"],
    ["adapters page", "node", "scripts/generate-adapters.ts", "--check"],
    ["targets page", "node", "scripts/generate-targets.ts", "--check"],
    ["command line page", "node", "scripts/generate-cli-page.ts", "--check"],
  ),
  inOrder(
    ["types", "tsc", "-p", "tsconfig.json"],
    ["declarations", "tsc", "-p", "tsconfig.packages.json"],
    ["types of the console", "tsc", "-p", "packages/console"],
    ["types of the hooks", "tsc", "-p", "packages/react"],
    ["promises", "oxlint", "--type-aware", "--config", ".oxlintrc.promises.json"],
    ["unused code", "knip"],
  ),
  builtPackages(),
]);
const { failures, ...counts } = await tests();

if (failed.length > 0) console.log(`\nFailed: ${failed.join(", ")}`);
for (const failure of failures) console.log(`- ${failure}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = failed.length > 0 ? 1 : 0;

async function inOrder(...steps: readonly (readonly [name: string, ...words: string[]])[]): Promise<void> {
  for (const [name, ...words] of steps) await step(name, words);
}

async function builtPackages(): Promise<void> {
  const isBuilt = await step("build", ["turbo", "run", "build", "--output-logs=errors-only"]);
  if (isBuilt) await step("packages", ["node", "scripts/check-packages.ts"]);
}

async function step(name: string, words: readonly string[]): Promise<boolean> {
  const started = Date.now();
  const { ok, output } = await run(words);
  report(name, ok, started);
  if (!ok) console.log(`${output.trimEnd()}\n`);
  return ok;
}

function report(name: string, ok: boolean, started: number): void {
  if (!ok) failed.push(name);
  console.log(`${ok ? "ok    " : "FAILED"}  ${name} (${((Date.now() - started) / 1_000).toFixed(1)} s)`);
}

async function tests(): Promise<TestReport> {
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), "appenv-tests-"));
  try {
    const file = join(folder, "results.json");
    const words = ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const { ok } = await run(words, { show: true });
    const found = readTestReport(file);
    const mayNotSkip = process.env["CI"] === "true" || process.env["APPENV_NO_SKIP"] === "1";
    if (mayNotSkip && found.skipped > 0) console.log("Skipped tests fail this run, since CI or APPENV_NO_SKIP is set.");
    report("tests", ok && found.failed === 0 && !(mayNotSkip && found.skipped > 0), started);
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
