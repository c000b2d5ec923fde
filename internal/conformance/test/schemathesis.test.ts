import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AppEnvironment } from "@appenv/core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { serveExample } from "../src/index.ts";

// The answers of the examples agree with their documents, whatever is sent: tried by a program that reads the documents.

const program = fileURLToPath(new URL("../../../.schemathesis/bin/schemathesis", import.meta.url));
const missing = !existsSync(program);
if (missing) process.stderr.write("schemathesis is not here, so its tests are skipped: npm run setup:system\n");

vi.setConfig({ testTimeout: 180_000 });

const example = (path: string): URL => new URL(`../../../examples/${path}`, import.meta.url);

/** 422 refuses a value that fits its schema but not the state of the app, such as an unknown owner. */
const settings = `
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "422", "429", "5xx"]
`;

/** Resolves with the mistakes that schemathesis found; empty if there are none. */
async function findingsAt(endpoint: string, ...flags: readonly string[]): Promise<string> {
  // It keeps its findings in its directory, for its next run.
  const cwd = mkdtempSync(join(tmpdir(), "appenv-schemathesis-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, "schemathesis.toml"), settings);
  const limits = ["--phases", "coverage,fuzzing", "--max-examples", "10", "--seed", "1", "--request-timeout", "30"];
  // Frameworks answer 404 to a method that a path has no route for, and their documents do not say otherwise.
  const checks = ["--checks", "all", "--exclude-checks", "unsupported_method"];
  const words = [
    "run",
    `${endpoint}/openapi.json`,
    ...checks,
    ...limits,
    "--continue-on-failure",
    "--no-color",
    ...flags,
  ];
  const env = { PATH: process.env["PATH"], HOME: cwd, PYTHONUTF8: "1" };
  return new Promise((resolve) => {
    execFile(program, words, { cwd, env, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      resolve(error === null ? "" : stdout + stderr);
    });
  });
}

describe.skipIf(missing)("schemathesis finds nothing in", () => {
  it.each([
    ["rest-api/rest-api.ts", []],
    ["hello-app/hello-app.ts", []],
    ["hello-express/hello-express.ts", []],
    ["hello-hono/hello-hono.ts", []],
    ["multi-file-app/app.ts", []],
    ["api-key-auth/app.ts", ["-H", "Authorization: Bearer a-key-of-the-test"]],
  ] as const)("%s", async (file, flags) => {
    const { env } = (await import(example(file).href)) as { env: AppEnvironment };
    const app = await env.listen({ port: 0, host: "127.0.0.1", apiKeys: ["a-key-of-the-test"], handleSignals: false });
    onTestFinished(() => app.close());
    expect(await findingsAt(app.endpoint, ...flags)).toBe("");
  });

  it.each([
    ["webhook-validation/app.ts", []],
    ["task-endpoints/app.ts", []],
    ["basic-webhook/app.ts", ["-H", "Authorization: Bearer a-key-of-the-test"]],
    ["github-webhook/app.ts", ["-H", "Authorization: Bearer a-key-of-the-test"]],
  ] as const)("%s, on the platform", async (file, flags) => {
    vi.stubEnv("WEBHOOK_API_KEY", "a-key-of-the-test");
    vi.stubEnv("GITHUB_WEBHOOK_SECRET", "a secret that only the test knows");
    const { endpoint } = await serveExample(example(file), "env");
    expect(await findingsAt(endpoint, ...flags)).toBe("");
  });
});
