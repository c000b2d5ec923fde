import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { makeProject, runCli, startCli, type RunningCli } from "./support/cli.ts";

// Each starts several replicas, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

/**
 * Apps that write down their start and their being ready, and wait for files while they start;
 * `b` and `c` begin only when both have begun.
 */
const source = `
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppEnvironment, TaskEnvironment } from "@appenv/core";
const here = import.meta.dirname;
const note = (text) => appendFileSync(join(here, "notes"), text + "\\n");
const there = async (name) => {
  const file = join(here, name);
  while (!existsSync(file)) await new Promise((done) => setTimeout(done, 20));
};
const touch = (name) => writeFileSync(join(here, name), "");
function app(name, dependsOn, starting = () => {}) {
  const env = new AppEnvironment({ name, requiresAuth: false, dependsOn, port: 18400 });
  env.onStartup(async () => {
    note(name + " begins");
    await starting();
    note(name + " is ready");
  });
  env.server(() => (_, response) => response.end(dependsOn.filter((each) => "endpoint" in each).map((each) => each.endpoint).join(" ")));
  return env;
}
export const a = app("a", []);
export const b = app("b", [a], () => (touch("b-begun"), there("c-begun")));
export const c = app("c", [a], () => (touch("c-begun"), there("b-begun")));
export const tasks = new TaskEnvironment({ name: "tasks", dependsOn: [b] });
export const double = tasks.task({ name: "double" }, async () => b.endpoint);
export const d = app("d", [tasks, c]);
export const broken = app("broken", [a], () => { if (!existsSync(join(here, "mended"))) throw new Error("no database"); });
export const middle = app("middle", [broken]);
export const top1 = app("top1", [middle, c]);
export const slow = app("slow", [], () => there("go"));
export const last = app("last", [slow, a]);
`;

interface Row {
  readonly name: string;
  readonly phase: string;
}

async function platformIn(cwd: string): Promise<RunningCli> {
  const up = startCli(["up", "--port", "0"], cwd);
  await up.until("stdout", "http://");
  return up;
}

async function phases(cwd: string): Promise<Record<string, string>> {
  const { stdout } = await runCli(["get", "app", "--json"], cwd);
  return Object.fromEntries((JSON.parse(stdout) as Row[]).map(({ name, phase }) => [name, phase]));
}

function notes(cwd: string): string[] {
  return readFileSync(join(cwd, "notes"), "utf8").trim().split("\n");
}

test("a diamond comes up side by side, each when what it depends on is ready, with tasks in between", async () => {
  const cwd = makeProject({ "apps.ts": source });
  const cli = startCli(["serve", "apps.ts", "d", "--port", "0"], cwd);
  await cli.until("stdout", "App 'd' is now serving.");
  expect(notes(cwd).slice(0, 2)).toEqual(["a begins", "a is ready"]);
  expect(notes(cwd).slice(2, 4).toSorted()).toEqual(["b begins", "c begins"]);
  expect(notes(cwd).slice(4, 6).toSorted()).toEqual(["b is ready", "c is ready"]);
  expect(notes(cwd).slice(6)).toEqual(["d begins", "d is ready"]);
  const said = cli.stderr.split("\n");
  const place = (text: string): number => said.findIndex((line) => line.startsWith(text));
  const order = ["d: waits for tasks, c", "a: ACTIVE", "b: starting", "b: ACTIVE", "tasks: registered", "d: ACTIVE"];
  expect(order.map(place)).toEqual(order.map(place).toSorted((x, y) => x - y));
  expect(order.map(place)).not.toContain(-1);
  expect((await cli.stop()).code).toBe(0);
});

test("when one fails, the rest serves; the error says what failed, what was not begun and what serves", async () => {
  const cwd = makeProject({ "apps.ts": source });
  const up = await platformIn(cwd);
  writeFileSync(join(cwd, "b-begun"), "");
  const failed = await runCli(["serve", "apps.ts", "top1", "--json"], cwd);
  expect([failed.code, failed.stdout]).toEqual([1, ""]);
  expect(JSON.parse(failed.stderr)).toMatchObject({
    error: {
      code: "START_FAILED",
      message:
        "onStartup of 'broken' failed: no database\n" +
        "Not begun because of that: 'middle', 'top1'.\nServing: 'a', 'c'.",
    },
  });
  expect(await phases(cwd)).toEqual({ a: "ACTIVE", broken: "FAILED", c: "ACTIVE" });
  writeFileSync(join(cwd, "mended"), "");
  const mended = await runCli(["serve", "apps.ts", "top1", "--json"], cwd);
  expect([mended.code, JSON.parse(mended.stdout).name]).toEqual([0, "top1"]);
  expect(notes(cwd).filter((line) => line === "c begins")).toEqual(["c begins"]);
  expect((await up.stop()).code).toBe(0);
});

test("Ctrl-C in the middle takes nothing away, and begins nothing more", async () => {
  const cwd = makeProject({ "apps.ts": source });
  const up = await platformIn(cwd);
  const cli = startCli(["serve", "apps.ts", "last"], cwd);
  await cli.until("stderr", "a: ACTIVE");
  expect((await cli.stop()).code).toBe(130);
  writeFileSync(join(cwd, "go"), "");
  await expect.poll(() => phases(cwd)).toEqual({ a: "ACTIVE", slow: "ACTIVE" });
  expect(existsSync(join(cwd, "notes")) && notes(cwd)).not.toContain("last begins");
  expect((await up.stop()).code).toBe(0);
});

test("deploy waits for what others depend on, and not for what was asked for", async () => {
  const cwd = makeProject({ "apps.ts": source });
  const up = await platformIn(cwd);
  writeFileSync(join(cwd, "b-begun"), "");
  const slow = await runCli(["deploy", "apps.ts", "slow", "--json"], cwd);
  expect([slow.code, (await phases(cwd))["slow"]]).toEqual([0, "DEPLOYING"]);
  const last = startCli(["deploy", "apps.ts", "last"], cwd);
  await last.until("stderr", "last: waits for slow, a");
  await last.until("stderr", "slow: DEPLOYING");
  expect(await phases(cwd)).not.toHaveProperty("last");
  writeFileSync(join(cwd, "go"), "");
  expect(await last.finished).toMatchObject({ code: 0, stdout: expect.stringContaining("last") });
  expect((await up.stop()).code).toBe(0);
});
