import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reservedPort } from "@appenv-internal/test-support/reserved-port";
import { makeProject, runCli, startCli } from "./support/cli.ts";

interface AppJson {
  readonly revision: number;
  readonly message: string;
  readonly endpoint: string;
}

function commandSource(port: number): string {
  return `
import { AppEnvironment } from "@appenv/core";
export const env = new AppEnvironment({ name: "inner", port: ${port}, requiresAuth: false, command: ["node", "server.mjs"] });
`;
}

const serverSource = `
import { createServer } from "node:http";
import { text } from "./text.mjs";
createServer((request, response) => response.end(text)).listen(process.env.PORT);
`;

function appSource(port: number): string {
  return `
import { AppEnvironment } from "@appenv/core";
import { shade } from "paint";
export const env = new AppEnvironment({ name: "shades", port: ${port}, requiresAuth: false });
env.server(() => (request, response) => {
  if (request.url === "/exit") process.exit(1);
  response.end(shade);
});
`;
}

const taskSource = `
import { condition, TaskEnvironment } from "@appenv/core";
import { shade } from "paint";
import { z } from "zod";
export const shading = new TaskEnvironment({ name: "shading" });
export const wait = shading.task({ name: "wait", input: z.object({}), output: z.string() }, async () => {
  await condition({ name: "go" });
  return shade;
});
`;

/** A package and one that it needs, as an update leaves them. */
function install(cwd: string, version: string): void {
  const write = (name: string, manifest: object, code: string): void => {
    mkdirSync(join(cwd, "node_modules", name), { recursive: true });
    writeFileSync(
      join(cwd, "node_modules", name, "package.json"),
      JSON.stringify({ name, type: "module", ...manifest }),
    );
    writeFileSync(join(cwd, "node_modules", name, "index.js"), code);
  };
  const dependencies = { pigment: "*" };
  write("paint", { version: "1.0.0", exports: "./index.js", dependencies }, 'export { shade } from "pigment";');
  write("pigment", { version, exports: "./index.js" }, `export const shade = "shade ${version}";`);
}

test("a revision is made of the packages and files it runs, and says when they are others", async () => {
  const cwd = makeProject({
    "package.json": '{"name":"project","type":"module"}',
    "command.ts": commandSource(await reservedPort()),
    "server.mjs": serverSource,
    "text.mjs": 'export const text = "one";',
    "app.ts": appSource(await reservedPort()),
    "tasks.ts": taskSource,
    ".gitignore": "node_modules\n.appenv\nignored.txt\n",
  });
  rmSync(join(cwd, "node_modules"));
  mkdirSync(join(cwd, "node_modules"));
  for (const name of ["@appenv", "zod"]) {
    symlinkSync(join(import.meta.dirname, "../node_modules", name), join(cwd, "node_modules", name));
  }
  install(cwd, "1.0.0");
  execFileSync("git", ["init", "-q"], { cwd });
  const platform = startCli(["up", "--port", "0"], cwd);
  await platform.until("stdout", "http");

  const serve = async (file: string, ...flags: string[]): Promise<AppJson & { readonly answer: string }> => {
    const { code, stderr } = await runCli(["serve", file, ...flags], cwd);
    expect([code, stderr.includes("error")]).toEqual([0, false]);
    const app = await look(file === "app.ts" ? "shades" : "inner");
    return { ...app, answer: await ask(app.endpoint) };
  };
  const look = async (name: string): Promise<AppJson> =>
    JSON.parse((await runCli(["get", "app", name, "--json"], cwd)).stdout) as AppJson;

  // Files that a command runs.
  expect(await serve("command.ts")).toMatchObject({ revision: 1, answer: "one" });
  writeFileSync(join(cwd, "ignored.txt"), "");
  expect(await serve("command.ts")).toMatchObject({ revision: 1 });
  writeFileSync(join(cwd, "text.mjs"), 'export const text = "two";');
  expect(await serve("command.ts")).toMatchObject({ revision: 2, answer: "two" });

  // The packages that code imports, and those that they import.
  expect(await serve("app.ts")).toMatchObject({ revision: 1, answer: "shade 1.0.0" });
  install(cwd, "1.1.0");
  expect(await look("shades")).toMatchObject({ message: "Revision 1 is serving." });
  const { endpoint } = await look("shades");
  await expect(ask(`${endpoint}/exit`)).rejects.toThrow("fetch failed");
  expect(await ask(endpoint)).toBe("shade 1.1.0");
  await expect
    .poll(async () => (await look("shades")).message, { timeout: 30_000 })
    .toContain("pigment@1.0.0 is 1.1.0 now. Serve it again");
  expect((await runCli(["logs", "app", "shades"], cwd)).stdout).toContain("pigment@1.0.0 is 1.1.0 now");
  const again = await serve("app.ts");
  expect(again).toMatchObject({ revision: 2, answer: "shade 1.1.0", message: "Revision 2 is serving." });

  // Nothing has changed.
  expect(await serve("app.ts", "--force")).toMatchObject({ revision: 3 });
  expect(await serve("app.ts")).toMatchObject({ revision: 3 });

  // Workers of tasks say the same in the logs of what they run.
  expect((await runCli(["deploy", "tasks.ts"], cwd)).code).toBe(0);
  install(cwd, "1.2.0");
  const waiting = startCli(["run", "deployed-task", "shading.wait", "--name", "shaded"], cwd);
  await expect
    .poll(async () => (await runCli(["logs", "run", "shaded"], cwd)).stdout, { timeout: 30_000 })
    .toContain("pigment@1.1.0 is 1.2.0 now. Deploy it again");
  await platform.until("stderr", "of its tasks was made of: pigment@1.1.0 is 1.2.0 now");
  expect((await runCli(["signal", "shaded", "go", "true"], cwd)).code).toBe(0);
  await waiting.until("stdout", "shade 1.2.0");

  // `--watch` sees existing files, and new ones.
  const watching = startCli(["serve", "command.ts", "--watch"], cwd);
  await watching.until("stdout", "is now serving", 1);
  writeFileSync(join(cwd, "more.mjs"), 'export const text = "three";');
  await watching.until("stdout", "is now serving", 2);
  writeFileSync(join(cwd, "text.mjs"), 'export { text } from "./more.mjs";');
  await watching.until("stdout", "is now serving", 3);
  expect(await ask((await look("inner")).endpoint)).toBe("three");
  await watching.stop();
  expect((await platform.stop()).code).toBe(0);
}, 120_000);

async function ask(url: string): Promise<string> {
  return (await fetch(url, { headers: { connection: "close" } })).text();
}
