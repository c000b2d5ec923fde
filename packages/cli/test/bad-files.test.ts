import { readdirSync } from "node:fs";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, test } from "vitest";
import { makeProject, runCli } from "./support/cli.ts";

const environment = (name: string) => `new AppEnvironment({ name: ${JSON.stringify(name)}, requiresAuth: false })`;
const importCore = 'import { AppEnvironment } from "@appenv/core";\n';

const files = {
  "throws.ts":
    "const settings: { port?: number } = {};\nexport const env = {};\nthrow new Error(`no port in ${JSON.stringify(settings)}`);\n",
  "syntax.ts": "export const env = ;\n",
  "nothing.ts": "export const answer: number = 42;\n",
  "several.ts": `${importCore}export const one = ${environment("app-one")};\nexport const two = ${environment("app-two")};\n`,
  "name.ts": `${importCore}export const env = ${environment("No Name")};\n`,
  "cycle.ts": `${importCore}export const a = ${environment("a")};\nconst b = ${environment("b")};\na.addDependency(b);\nb.addDependency(a);\n`,
};

test.each([
  [["deploy", "missing.ts"], "FILE_NOT_FOUND", "missing.ts"],
  [["deploy", "throws.ts"], "LOAD_FAILED", "throws.ts:3:7: Error: no port in {}"],
  [["deploy", "syntax.ts"], "LOAD_FAILED", "syntax.ts:1"],
  [["deploy", "nothing.ts"], "NO_ENVIRONMENT", "it exports answer"],
  [["deploy", "several.ts"], "AMBIGUOUS_ENVIRONMENT", "one, two"],
  [["deploy", "several.ts", "three"], "NO_ENVIRONMENT", "its environments are one, two"],
  [["deploy", "name.ts"], "INVALID_NAME", '"No Name"'],
  [["deploy", "cycle.ts"], "DEPENDENCY_CYCLE", "'a' -> 'b' -> 'a'"],
  // The platform it may have started meanwhile is ended again.
  [["serve", "missing.ts", "--port", "0"], "FILE_NOT_FOUND", "missing.ts"],
  [["serve", "throws.ts", "--port", "0"], "LOAD_FAILED", "throws.ts:3:7: Error: no port in {}"],
])("%j fails with one clear error", async (args, code, message) => {
  const { stderr, ...result } = await runCli([...args, "--json"], makeProject(files));
  expect(result).toEqual({ code: 1, stdout: "" });
  expect(JSON.parse(stderr)).toEqual({
    error: { code, message: expect.stringContaining(message), fix: expect.any(String) },
  });
});

test("for people the error is a message and a fix, without a stack", async () => {
  const { code, stdout, stderr } = await runCli(["deploy", "throws.ts"], makeProject(files));
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^error: .*throws\.ts:3:7: Error: no port in \{\}$/m);
  expect(stderr).toMatch(/^fix: .+$/m);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("--verbose shows where it happened", async () => {
  const { stderr } = await runCli(["deploy", "throws.ts", "--verbose"], makeProject(files));
  expect(stderr).toMatch(/^\s+at .*throws\.ts:3:7/m);
});

test("output that is not for a terminal has no escape codes", async () => {
  const cwd = makeProject(files);
  for (const args of [["deploy", "syntax.ts"], ["deploy", "throws.ts"], ["doctor"], ["--help"]]) {
    const { stdout, stderr } = await runCli(args, cwd, { FORCE_COLOR: undefined });
    expect(stdout + stderr).not.toContain("\u001B");
  }
});

test("deploy, get and logs need a control plane and say how to get one", async () => {
  const cwd = makeProject({ "app.ts": `${importCore}export const env = ${environment("app")};\n` });
  for (const args of [
    ["deploy", "app.ts"],
    ["get", "app"],
    ["logs", "app", "hello"],
    ["get", "api-key"],
  ]) {
    const { code, stdout, stderr } = await runCli([...args, "--json"], cwd);
    expect([code, stdout, JSON.parse(stderr).error.code]).toEqual([1, "", "UNREACHABLE"]);
    expect(stderr).toContain("appenv up");
  }
});

test("a control plane that does not answer is named", async () => {
  const { code, stderr } = await runCli(["get", "app", "--endpoint", "http://localhost:1"], makeProject());
  expect(code).toBe(1);
  expect(stderr).toContain("http://localhost:1");
});

const ends = {
  "exits.ts": `${importCore}export const env = ${environment("app")};\nprocess.exit(0);\n`,
  "never.ts": `${importCore}export const env = ${environment("app")};\nawait new Promise(() => {});\n`,
};

test.each([
  ["exits.ts", "exits.ts ended the process with exit code 0 while it was read."],
  ["never.ts", "never.ts: its top level awaits something that never comes."],
])("%s, whose top level never ends, fails with an error too, and nothing of it is left", async (file, message) => {
  const [cwd, TMPDIR] = [makeProject(ends), tempDirectory()];
  const { stderr, ...result } = await runCli(["deploy", file, "--json"], cwd, { TMPDIR });
  expect(result).toEqual({ code: 1, stdout: "" });
  expect(JSON.parse(stderr)).toMatchObject({
    error: { code: "LOAD_FAILED", message: expect.stringContaining(message) },
  });
  expect(readdirSync(TMPDIR).filter((name) => name.startsWith("appenv"))).toEqual([]);
});
