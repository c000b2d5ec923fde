import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { bundle } from "../../src/bundle/bundle.ts";
import { errorOf } from "../support/error-of.ts";
import { Project } from "../support/project.ts";

/** A bundle's export `out`, when it runs in a Node of its own from another directory. */
async function run(code: string): Promise<any> {
  const folder = mkdtempSync(join(tmpdir(), "appenv-run-"));
  try {
    const file = join(folder, "bundle.mjs");
    writeFileSync(file, code);
    const script = `const { out } = await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(JSON.stringify(await out))`;
    const node = await promisify(execFile)("node", ["--input-type=module", "-e", script], { cwd: folder });
    return JSON.parse(node.stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("bundle", () => {
  test("takes TypeScript that Node does not, and paths of tsconfig", async () => {
    using project = new Project({
      "tsconfig.json": '{"compilerOptions":{"paths":{"#lib/*":["./lib/*"]},"experimentalDecorators":true}}',
      "lib/color.ts": 'export enum Color { Red = "red" }\nexport namespace Tone { export const dark = 1; }',
      "app.ts":
        'import { Color, Tone } from "#lib/color";\n' +
        "function mark(type: any) { type.marked = true; }\n" +
        "@mark class Thing { static marked = false; constructor(readonly size = 3) {} }\n" +
        "export const out = { color: Color.Red, tone: Tone.dark, marked: Thing.marked, size: new Thing().size };",
    });
    const made = await bundle(project.path("app.ts"));
    expect(await run(made.code)).toEqual({ color: "red", tone: 1, marked: true, size: 3 });
    expect(made.files).toContain(project.path("lib/color.ts"));
  });

  test("writes `using` out, which Node 22 does not know", async () => {
    using project = new Project({
      "app.ts":
        "const log: string[] = [];\n" +
        'const open = () => ({ [Symbol.dispose]: () => log.push("closed") });\n' +
        'const late = () => ({ [Symbol.asyncDispose]: async () => log.push("closed late") });\n' +
        'async function work() { using _a = open(); await using _b = late(); log.push("open"); }\n' +
        "export const out = work().then(() => log);",
    });
    const { code } = await bundle(project.path("app.ts"));
    expect(code).not.toMatch(/\busing _[ab]/);
    expect(await run(code)).toEqual(["open", "closed late", "closed"]);
  });

  test("leaves packages outside, with the condition of each kind of import", async () => {
    using project = new Project({
      "node_modules/pkg/package.json": '{"name":"pkg","exports":{"import":"./i.mjs","require":"./r.cjs"}}',
      "node_modules/pkg/i.mjs": 'export const kind = "import";',
      "node_modules/pkg/r.cjs": 'exports.kind = "require";',
      "app.ts":
        'import { createRequire } from "node:module";\nimport { join } from "path";\nimport { kind } from "pkg";\n' +
        'const old = require("pkg").kind;\nconst made = createRequire(import.meta.url)("pkg").kind;\n' +
        'export const out = import("pkg").then((lazy) => [kind, old, made, lazy.kind, join("a", "b")]);',
    });
    const made = await bundle(project.path("app.ts"));
    expect(await run(made.code)).toEqual(["import", "require", "require", "import", "a/b"]);
    expect(made.preload).toEqual([pathToFileURL(project.path("node_modules/pkg/i.mjs")).href]);
  });

  test("takes a linked workspace package in, and AppEnv's own never", async () => {
    using project = new Project({
      "packages/shared/package.json": '{"name":"shared","type":"module","exports":"./index.ts"}',
      "packages/shared/index.ts": "export const answer: number = 42;",
      "app.ts":
        'import { AppEnvError } from "@appenv/core";\nimport { answer } from "shared";\n' +
        "export const out = [answer, AppEnvError.name];",
    });
    project.link("packages/shared", "node_modules/shared");
    const made = await bundle(project.path("app.ts"));
    expect(await run(made.code)).toEqual([42, "AppEnvError"]);
    expect(made.files).toContain(project.path("packages/shared/index.ts"));
    expect(made.preload).toHaveLength(1);
    expect(made.preload[0]).toMatch(/packages\/core\/src\/index\.ts$/);
  });

  test("keeps import.meta of each module, but not in texts", async () => {
    using project = new Project({
      "lib/here.ts": "export const here = import.meta.dirname;",
      "app.ts":
        'import { here } from "./lib/here.ts";\n' +
        "export const out = { here, url: import.meta.url, file: import.meta.filename, main: import.meta.main,\n" +
        '  beside: import.meta.resolve("./lib/here.ts"), text: "import.meta.url" };',
    });
    const { code } = await bundle(project.path("app.ts"));
    expect(await run(code)).toEqual({
      here: project.path("lib"),
      url: pathToFileURL(project.path("app.ts")).href,
      file: project.path("app.ts"),
      main: false,
      beside: pathToFileURL(project.path("lib/here.ts")).href,
      text: "import.meta.url",
    });
  });

  test("takes a dynamic import in, and runs it only when it is reached", async () => {
    using project = new Project({
      "late.ts": "globalThis.late = true; export const late = 1;",
      "app.ts":
        "const before = (globalThis as any).late ?? false;\n" +
        'export const out = import("./late.ts").then(({ late }) => [before, late]);',
    });
    expect(await run((await bundle(project.path("app.ts"))).code)).toEqual([false, 1]);
  });

  test("has the same version for the same content only", async () => {
    using project = new Project({ "app.ts": "export const out = 1;" });
    const first = await bundle(project.path("app.ts"));
    const again = await bundle(project.path("app.ts"));
    project.write({ "app.ts": "export const out = 2;" });
    const changed = await bundle(project.path("app.ts"));
    expect(again.version).toBe(first.version);
    expect(changed.version).not.toBe(first.version);
  });

  test("names the source in a stack trace", async () => {
    using project = new Project({
      "app.ts": "interface Unused { a: 1 }\n\nexport const out = new Error('here').stack;\nexport type X = Unused;",
    });
    const { code } = await bundle(project.path("app.ts"));
    const map = JSON.parse(Buffer.from(code.split("base64,").at(-1) ?? "", "base64").toString());
    expect(map.sources).toEqual([pathToFileURL(project.path("app.ts")).href]);
  });

  test("shows where a syntax error is", async () => {
    using project = new Project({ "app.ts": "export const a = 1;\nconst b = ;\n" });
    const error = await errorOf(bundle(project.path("app.ts")));
    expect(error.code).toBe("LOAD_FAILED");
    expect(error.message).toBe(
      `${project.path("app.ts")}:2:11: Unexpected token\n1: export const a = 1;\n2: const b = ;\n             ^`,
    );
  });

  test("shows where a missing file is imported, and names a missing package", async () => {
    using project = new Project({
      "file.ts": 'import { x } from "./nope.ts";\nexport const out = x;',
      "package.ts": 'import { x } from "@scope/nope/deep";\nexport const out = x;',
    });
    const missing = await errorOf(bundle(project.path("file.ts")));
    expect(missing.code).toBe("LOAD_FAILED");
    expect(missing.message).toContain(`${project.path("file.ts")}:1:19: Could not resolve './nope.ts'`);
    const absent = await errorOf(bundle(project.path("package.ts")));
    expect(absent.message).toBe(
      `The package '@scope/nope' is not installed, but imported by ${project.path("package.ts")}.`,
    );
    expect(absent.fix).toContain("npm install @scope/nope");
  });

  test("leaves a missing package alone where the code expects it", async () => {
    using project = new Project({
      "app.ts": 'export const out = import("nope").catch((error) => error.code);',
    });
    expect(await run((await bundle(project.path("app.ts"))).code)).toBe("ERR_MODULE_NOT_FOUND");
  });

  test("says that a file without exports cannot be served", async () => {
    using project = new Project({ "app.ts": "console.log(1);" });
    expect((await errorOf(bundle(project.path("app.ts")))).code).toBe("NO_ENVIRONMENT");
  });
});
