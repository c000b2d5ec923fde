import { describe, expect, test } from "vitest";
import { pickEnvironment } from "../../src/load/pick-environment.ts";
import { errorOf } from "../support/error-of.ts";
import { inNode } from "../support/in-node.ts";
import { Project } from "../support/project.ts";

const header = 'import { AppEnvironment } from "@appenv/core";\n';

describe("pickEnvironment", () => {
  test("takes the only environment, which knows its source file and its dependencies' files", async () => {
    using project = new Project({
      "dep.ts": `${header}export const dep = new AppEnvironment({ name: "dep" });`,
      "app.ts":
        `${header}import { dep } from "./dep.ts";\nenum Kind { A = "kind" }\n` +
        `export const env = new AppEnvironment({ name: "my-app", type: Kind.A, dependsOn: [dep] });`,
    });
    const picked = await inNode(
      `const { pickEnvironment } = await load("load/pick-environment.ts");
       const { environment, files } = await pickEnvironment(${JSON.stringify(project.path("app.ts"))});
       const { name, type, declaredIn, dependsOn: [dep] } = environment;
       return { name, type, declaredIn, dep: dep.declaredIn, files };`,
    );
    expect(picked).toEqual({
      name: "my-app",
      type: "kind",
      declaredIn: project.path("app.ts"),
      dep: project.path("dep.ts"),
      files: expect.arrayContaining([project.path("app.ts"), project.path("dep.ts")]),
    });
  });

  test("runs a changed file again", async () => {
    using project = new Project({ "app.ts": `${header}export const env = new AppEnvironment({ name: "one" });` });
    expect((await pickEnvironment(project.path("app.ts"))).environment.name).toBe("one");
    project.write({ "app.ts": `${header}export const env = new AppEnvironment({ name: "two" });` });
    expect((await pickEnvironment(project.path("app.ts"))).environment.name).toBe("two");
  });

  test("picks by the exported name or the environment's own, and lists them otherwise", async () => {
    using project = new Project({
      "app.ts":
        `${header}export const a = new AppEnvironment({ name: "first" });\n` +
        `export const b = new AppEnvironment({ name: "second" });`,
    });
    const file = project.path("app.ts");
    expect((await pickEnvironment(file, "b")).environment.name).toBe("second");
    expect((await pickEnvironment(file, "first")).environment.name).toBe("first");
    const several = await errorOf(pickEnvironment(file));
    expect([several.code, several.message]).toEqual([
      "AMBIGUOUS_ENVIRONMENT",
      `${file} exports several environments: a, b.`,
    ]);
    const wrong = await errorOf(pickEnvironment(file, "c"));
    expect([wrong.code, wrong.message]).toEqual([
      "NO_ENVIRONMENT",
      `${file} exports no environment 'c'; its environments are a, b.`,
    ]);
  });

  test("does not mind one environment under two names", async () => {
    using project = new Project({
      "app.ts": `${header}export const env = new AppEnvironment({ name: "once" });\nexport { env as default };`,
    });
    expect((await pickEnvironment(project.path("app.ts"))).environment.name).toBe("once");
  });

  test("says what a file without environments exports", async () => {
    using project = new Project({ "app.ts": "export const x = 1, y = 2;" });
    const error = await errorOf(pickEnvironment(project.path("app.ts")));
    expect(error.code).toBe("NO_ENVIRONMENT");
    expect(error.message).toContain("it exports x, y");
  });

  test("shows where a file throws", async () => {
    using project = new Project({
      "app.ts":
        "interface Unused { a: number }\n\nfunction fail(): never {\n  throw new TypeError('boom');\n}\n" +
        "export const x: unknown = fail();\nexport type Y = Unused;",
    });
    const error = await inNode(
      `const { pickEnvironment } = await load("load/pick-environment.ts");
       const error = await pickEnvironment(${JSON.stringify(project.path("app.ts"))}).catch((reason) => reason);
       return { code: error.code, message: error.message, cause: error.cause.name };`,
    );
    expect(error).toEqual({
      code: "LOAD_FAILED",
      message: `${project.path("app.ts")}:4:9: TypeError: boom`,
      cause: "TypeError",
    });
  });

  test("names the file when Node cannot say where the mistake is", async () => {
    using project = new Project({
      "node_modules/broken/package.json": '{"name":"broken","type":"module","exports":"./index.js"}',
      "node_modules/broken/index.js": "export const x = 1 +;",
      "app.ts": 'export { x } from "broken";',
    });
    const { message } = await inNode(
      `const { pickEnvironment } = await load("load/pick-environment.ts");
       const error = await pickEnvironment(${JSON.stringify(project.path("app.ts"))}).catch((reason) => reason);
       return { message: error.message };`,
    );
    expect(message).toMatch(`${project.path("app.ts")}: SyntaxError: `);
  });

  test("passes on the error of a wrong option", async () => {
    using project = new Project({ "app.ts": `${header}export const env = new AppEnvironment({ name: "No!" });` });
    expect((await errorOf(pickEnvironment(project.path("app.ts")))).code).toBe("INVALID_NAME");
  });

  test("says that a file or directory is no file", async () => {
    using project = new Project({});
    for (const name of ["nope.ts", "."]) {
      expect((await errorOf(pickEnvironment(project.path(name)))).code).toBe("FILE_NOT_FOUND");
    }
  });
});
