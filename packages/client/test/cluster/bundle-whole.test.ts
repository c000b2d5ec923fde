import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bundleWhole } from "../../src/bundle/bundle-whole.ts";
import { errorOf } from "../support/error-of.ts";
import { Project } from "../support/project.ts";

/** Output of a whole bundle that is started as a container starts it, away from the project. */
async function start(code: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "appenv-whole-"));
  try {
    const file = join(folder, "app.mjs");
    writeFileSync(file, code);
    const node = await promisify(execFile)("node", ["--enable-source-maps", file, "app"], { cwd: folder }).catch(
      (error: unknown) => error,
    );
    const { stdout, stderr } = node as { stdout: string; stderr: string };
    return (stdout + stderr).replaceAll(folder, "/there");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("holds the packages, and names the sources beside itself wherever it runs", async () => {
  using project = new Project({
    "node_modules/greeter/package.json": '{"name":"greeter","main":"index.cjs"}',
    "node_modules/greeter/index.cjs":
      "exports.hello = 'hello from ' + __filename; exports.fs = require('fs') !== undefined;",
    "src/reads.ts": "export const page = (name: string) => new URL(name, import.meta.url);",
    "src/files.ts":
      'import { readFileSync } from "node:fs"; import { join } from "node:path";\n' +
      'console.log(readFileSync(new URL("./page.html", import.meta.url), "utf8"));\n' +
      'console.log(readFileSync(join(import.meta.dirname, "../public", "deep/a.txt"), "utf8"));\n' +
      'export const all = join(import.meta.dirname, "..", "public");',
    "src/page.html": "<p>a page</p>",
    "public/deep/a.txt": "deep text",
    "public/node_modules/b.txt": "not this",
    "src/app.ts":
      'import "./reads.ts"; import "./files.ts"; import { hello, fs } from "greeter";\n' +
      "console.log(hello, fs, import.meta.url, import.meta.main);\n" +
      "function fail(): never { throw new Error('on purpose'); }\n" +
      "fail();",
  });
  const { code, hash, unclear } = await bundleWhole(project.path("src/app.ts"), { folder: project.root });
  expect(unclear).toEqual([project.path("src/reads.ts")]);
  expect(code).not.toContain(project.root);
  expect(code).not.toContain(import.meta.dirname);
  const output = await start(code);
  expect(output).toContain("<p>a page</p>\ndeep text\n");
  expect(code).not.toContain(Buffer.from("not this").toString("base64"));
  expect(output).toContain("hello from /there/node_modules/greeter/index.cjs true file:///there/src/app.ts false");
  expect(output).toContain("/there/src/app.ts:3:32");
  using twin = new Project({});
  twin.write(project.files);
  expect((await bundleWhole(twin.path("src/app.ts"), { folder: twin.root })).hash).toBe(hash);
});

test("names packages with native addons, unless the image brings them", async () => {
  using project = new Project({
    "node_modules/fast-thing/package.json": '{"name":"fast-thing","version":"1.0.0"}',
    "node_modules/fast-thing/index.js": 'module.exports = require("./build/Release/fast.node");',
    "node_modules/fast-thing/build/Release/fast.node": "",
    "node_modules/found-thing/package.json": '{"name":"found-thing","version":"1.0.0"}',
    "node_modules/found-thing/index.js": 'module.exports = require("bindings")("found");',
    "node_modules/made-thing/package.json": '{"name":"made-thing","version":"1.0.0"}',
    "node_modules/made-thing/index.js": "module.exports = 1;",
    "node_modules/made-thing/binding.gyp": "{}",
    "app.ts": 'import "fast-thing"; import "found-thing"; import "made-thing"; export const a = 1;',
  });
  const bundling = (installed: readonly string[]) =>
    bundleWhole(project.path("app.ts"), { folder: project.root, installed });
  const error = await errorOf(bundling([]));
  expect(error.code).toBe("NATIVE_ADDON");
  expect(error.message).toContain("'fast-thing@1.0.0', 'found-thing@1.0.0', 'made-thing@1.0.0'");
  expect(error.fix).toContain(
    'Image.fromNode().withNpmPackages("fast-thing@1.0.0", "found-thing@1.0.0", "made-thing@1.0.0")',
  );
  expect((await bundling(["fast-thing", "found-thing", "made-thing"])).code).toContain('import "fast-thing"');
});
