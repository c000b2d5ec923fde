import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { AppEnvironment } from "../src/index.ts";
import { makeEnvironment } from "./fixtures/factory.ts";

const here = fileURLToPath(import.meta.url);

test("it is the file whose code constructs the environment", () => {
  expect(new AppEnvironment({ name: "app" }).declaredIn).toBe(here);
  expect([1].map(() => new AppEnvironment({ name: "app" }))[0]?.declaredIn).toBe(here);
});

test("a factory's environments are declared in the factory", () => {
  expect(makeEnvironment().declaredIn).toBe(fileURLToPath(new URL("fixtures/factory.ts", import.meta.url)));
});

test("a subclass in the same file and a clone are declared here too", () => {
  class Adapter extends AppEnvironment {}
  const environment = new Adapter({ name: "app" });
  expect(environment.declaredIn).toBe(here);
  expect(environment.cloneWith({ name: "copy" }).declaredIn).toBe(here);
});

test("an adapter's own file is not the declaring one", async () => {
  const { FastifyAppEnvironment } = await import("../../fastify/src/index.ts");
  expect(new FastifyAppEnvironment({ name: "app" }).declaredIn).toBe(here);
});

test("in a bundle it is the source, with Node's source maps", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "appenv-declared-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const map = JSON.stringify({ version: 3, names: [], sources: ["deep/app.ts"], mappings: "AAAA" });
  const core = JSON.stringify(import.meta.resolve("../src/index.ts"));
  const code = [
    `import { AppEnvironment } from ${core}; console.log(new AppEnvironment({ name: "app" }).declaredIn);`,
    `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}`,
  ];
  const file = join(folder, "bundle.mjs");
  writeFileSync(file, code.join("\n"));
  const output = execFileSync(process.execPath, ["--enable-source-maps", file], { encoding: "utf8" });
  expect(output).toBe(`${join(folder, "deep/app.ts")}\n`);
});

test("no source map is read before it is asked for: those of whole bundles are large", () => {
  const sites = vi.spyOn(process.getBuiltinModule("node:util"), "getCallSites");
  const find = vi.spyOn(process.getBuiltinModule("node:module"), "findSourceMap");
  onTestFinished(() => void vi.restoreAllMocks());
  const environment = new AppEnvironment({ name: "app" });
  expect(sites.mock.calls).toEqual([[expect.any(Number), { sourceMap: false }]]);
  expect(find).not.toHaveBeenCalled();
  expect(environment.declaredIn).toBe(here);
  expect(find).toHaveBeenCalled();
});
