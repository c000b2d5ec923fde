import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

test("the tsconfig of getting started compiles an app of each adapter, with its framework's types", async () => {
  const guide = readFileSync(join(root, "docs/guides/getting-started.md"), "utf8");
  const [, text = ""] = /```json\n(\{\s*"compilerOptions"[^]*?)```\s*as `tsconfig\.json`/.exec(guide) ?? [];
  const project = mkdtempSync(join(tmpdir(), "appenv-tsconfig-"));
  onTestFinished(() => rmSync(project, { recursive: true, force: true }));
  mkdirSync(join(project, "node_modules/@types"), { recursive: true });
  symlinkSync(join(root, "node_modules/@types/node"), join(project, "node_modules/@types/node"));
  const apps = ["hello-app", "hello-express", "hello-hono", "hello-ws", "hello-socket-io"];
  const files = apps.map((name) => join(root, "examples", name, `${name}.ts`));
  const { compilerOptions } = JSON.parse(text) as { compilerOptions: object };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, "node_modules/.bin/tsc");
  const output = await new Promise<string>((resolve) => {
    execFile(tsc, ["-p", project], (error, stdout) => resolve(error === null ? "" : stdout || String(error)));
  });
  expect(output).toBe("");
}, 120_000);
