import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { reservedPort } from "@appenv-internal/test-support/reserved-port";
import { makeProject, runCli, startCli } from "./support/cli.ts";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

/** An app that does the action of its path with the control plane, and answers with the outcome. */
const source = (port: number): string => `
import { ApiKeys, App } from "@appenv/client";
import { Task } from "@appenv/client/tasks";
import { AppEnvironment, run, TaskEnvironment } from "@appenv/core";
import { createServer } from "node:http";
import { z } from "zod";
export const tasks = new TaskEnvironment({ name: "math" });
export const addOne = tasks.task({ name: "add_one", input: z.object({ x: z.int() }), output: z.int() }, async ({ x }) => {
  await App.get("curious");
  return x + 1;
});
export const env = new AppEnvironment({ name: "curious", port: ${port}, requiresAuth: false, dependsOn: [tasks] });
const acts = {
  "/key": () => ApiKeys.create("stolen"),
  "/apps": async () => (await App.list()).map(({ name }) => name),
  "/task": async () => (await Task.get("math.add_one")).name,
  "/run": async () => { const started = await run(addOne, { x: 1 }); return started.outputs(); },
};
env.server(() => createServer((request, response) => {
  Promise.resolve().then(() => acts[request.url]()).then(
    (value) => response.end(JSON.stringify(value)),
    (error) => response.end(JSON.stringify({ error: error.code ?? String(error) })),
  );
}));
`;

test.each([["--no-tcp"], ["--require-token"], ["--host"]])(
  "with %s apps and the command line have the credentials that they need, and apps no more",
  async (flag) => {
    const port = await reservedPort();
    const cwd = makeProject({ "app.ts": source(port) });
    const flags = flag === "--host" ? [flag, "0.0.0.0"] : [flag];
    const serving = startCli(["serve", "app.ts", "curious", "--port", "0", ...flags, "--json"], cwd);
    await serving.until("stdout", "\n");
    const { endpoint } = JSON.parse(readFileSync(join(cwd, ".appenv", "platform.json"), "utf8")) as {
      endpoint: string;
    };
    expect(endpoint).toMatch(flag === "--no-tcp" ? /^unix:\// : /^http:/);
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).json() as Promise<unknown>;
    expect(await ask("/apps")).toEqual(["curious"]);
    expect(await ask("/task")).toBe("math.add_one");
    expect(await ask("/run")).toBe(2);
    expect(await ask("/key")).toEqual({ error: "PERMISSION_DENIED" });
    const keys = await runCli(["get", "api-key", "--json"], cwd);
    expect([keys.code, JSON.parse(keys.stdout)]).toEqual([0, []]);
    const ran = await runCli(["run", "app.ts", "add_one", "--x", "41", "--json"], cwd);
    expect([ran.code, JSON.parse(ran.stdout.trim().split("\n").at(-1) ?? "")]).toMatchObject([0, { output: 42 }]);
    expect((await runCli(["logs", "app", "curious"], cwd)).code).toBe(0);
    const { socket } = JSON.parse(readFileSync(join(cwd, ".appenv", "platform.json"), "utf8")) as { socket: string };
    const bySocket = { FLYTE_ADMIN_ENDPOINT: `unix:${socket}` };
    expect((await runCli(["get", "app", "--json"], cwd, bySocket)).stdout).toContain('"curious"');
    expect((await runCli(["doctor"], cwd, bySocket)).stdout).toContain(`unix:${socket} is AppEnv's own platform`);
    expect((await serving.stop()).code).toBe(0);
  },
);
