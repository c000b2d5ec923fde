import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { bundle } from "../../src/bundle/bundle.ts";
import { sealBundle } from "../../src/bundle/contents.ts";
import { loadEnvironments } from "../../src/load/load-environments.ts";
import { Project } from "../support/project.ts";

/** The export `out` of a file, when its upload runs in a Node of its own. */
async function run(project: Project, name: string, meanwhile = (): void => {}): Promise<any> {
  const { code } = await sealBundle(await bundle(project.path(name)), project.root);
  meanwhile();
  const folder = mkdtempSync(join(tmpdir(), "appenv-run-"));
  try {
    const file = join(folder, "bundle.mjs");
    writeFileSync(file, code);
    const url = JSON.stringify(pathToFileURL(file).href);
    const script = `const m = await import(${url}); console.log(JSON.stringify(await (m.out ?? m.default.out)))`;
    const node = await promisify(execFile)("node", ["--input-type=module", "-e", script], { cwd: folder });
    return JSON.parse(node.stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const pool = "globalThis.pools = (globalThis.pools ?? 0) + 1;";

describe("code that loads other files of its project", () => {
  test("shares the modules that both import, in TypeScript that Node does not take", async () => {
    using project = new Project({
      "tsconfig.json": '{"compilerOptions":{"paths":{"#own/*":["./own/*"]}}}',
      "own/pool.ts": `declare global { var pools: number }\n${pool}\nexport enum Kind { A = "a" }`,
      "routes/one.ts":
        'import { Kind } from "../own/pool.js";\nimport { Options } from "../types";\n' +
        "export default (options: Options) => [Kind.A, options.name, import.meta.filename, globalThis.pools];",
      "types.ts": "export interface Options { name: string }",
      "app.ts":
        'import { readdirSync } from "node:fs";\nimport { join } from "node:path";\nimport { Kind } from "#own/pool";\n' +
        'const folder = join(import.meta.dirname, "routes");\n' +
        "export const out = Promise.all(readdirSync(folder).map(async (name) =>\n" +
        "  (await import(join(folder, name))).default({ name: Kind.A })));",
    });
    const one = project.path("routes/one.ts");
    expect(await run(project, "app.ts")).toEqual([["a", "a", one, 1]]);
    // The revision runs the code it was made of, not later edits.
    expect(await run(project, "app.ts", () => project.write({ "routes/one.ts": "throw new Error();" }))).toEqual([
      ["a", "a", one, 1],
    ]);
  });

  test("in CommonJS, with what `require` finds beside it", async () => {
    using project = new Project({
      "package.json": '{"name":"project"}',
      "pool.js": `${pool} exports.count = () => globalThis.pools;`,
      "data.json": '{"answer":42}',
      "routes/one.js": 'const { count } = require("../pool"); module.exports = () => [count(), __filename];',
      "app.js":
        'const { join } = require("node:path"); const { count } = require("./pool"); const data = require("./data.json");\n' +
        'const route = (name) => require(join(__dirname, "routes", name))();\n' +
        'exports.out = [count(), data.answer, __dirname, route("one.js")];',
    });
    expect(await run(project, "app.js")).toEqual([1, 42, project.root, [1, project.path("routes/one.js")]]);
  });

  test("is one bundle if it only reads files", async () => {
    using project = new Project({
      "lib/place.js": "export const places = [__dirname, __filename];",
      "app.ts":
        'import { places } from "./lib/place.js";\nconst __dirname = import.meta.dirname + "/mine";\n' +
        "export const out = [...places, __dirname];",
    });
    const folder = project.path("lib");
    expect(await run(project, "app.ts")).toEqual([folder, join(folder, "place.js"), project.path("mine")]);
    expect(await bundle(project.path("app.ts"))).toMatchObject({ loadsFiles: true, loadsCode: false });
  });
});

test.each([
  ["exports.env =", "exports.env = env;"],
  ["module.exports =", "module.exports = { env };"],
])("finds the environments of CommonJS: %s", async (_form, statement) => {
  using project = new Project({
    "package.json": '{"name":"project"}',
    "app.js": `const { AppEnvironment } = require("@appenv/core");\nconst env = new AppEnvironment({ name: "old" });\n${statement}`,
  });
  const { environments, exports } = await loadEnvironments(project.path("app.js"));
  expect([[...environments.keys()], exports]).toEqual([["env"], ["env"]]);
});
