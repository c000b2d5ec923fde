import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { makeProject } from "./support/cli.ts";
import { taskSource } from "./support/tasks.ts";

// Each starts a platform, a worker and a bundler, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

/** Runs a script in a project with tasks, with `node`. */
async function runScript(script: string) {
  const cwd = makeProject({ "tasks.ts": taskSource });
  writeFileSync(join(cwd, "script.ts"), `import { addOne, tasks } from "./tasks.ts";\n${script}`);
  const clean = Object.entries(process.env).filter(([name]) => !/^(FLYTE|APPENV|_U_|UCTL|DEBUG)/.test(name));
  const env = { ...Object.fromEntries(clean), HOME: cwd, APPENV_HOME: join(cwd, ".appenv") };
  const child = spawn(process.execPath, ["script.ts"], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const code = new Promise((done) => child.once("close", done));
  const [stdout, stderr] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
  return { code: await code, stdout: stdout.join(""), stderr: stderr.join("") };
}

test("a script runs tasks, one after the other and side by side, and ends by itself", async () => {
  const { code, stdout, stderr } = await runScript(`
    import { run } from "@appenv/core";
    import { platformHome, readRunningPlatform } from "@appenv/client/internal";
    import { Run, Task } from "@appenv/client/tasks";
    const first = await run(addOne, { x: 1 });
    console.log(await first.wait(), await first.outputs(), first.phase);
    const others = await Promise.all([2, 3].map((x) => run(addOne, { x })));
    console.log(await Promise.all(others.map((each) => each.outputs())));
    // Nothing holds the platform up: it ends, and is started again for what follows.
    while ((await readRunningPlatform(platformHome())) !== undefined) await new Promise((done) => setTimeout(done, 20));
    console.log((await Run.list()).length, await (await (await Task.get("math.add_one")).run({ x: 9 })).outputs());
    for await (const line of first.logs()) console.log(line.text.includes("hello nobody"));
  `);
  expect([stderr, code]).toEqual(["", 0]);
  expect(stdout).toBe("SUCCEEDED 2 SUCCEEDED\n[ 3, 4 ]\n3 10\ntrue\n");
});

test("a run that nobody waits for is finished before the script ends", async () => {
  const { code, stdout, stderr } = await runScript(`
    import { run } from "@appenv/core";
    const started = await run(addOne, { x: 1 });
    process.on("exit", () => console.log(started.phase));
  `);
  expect([stderr, code, stdout]).toEqual(["", 0, "SUCCEEDED\n"]);
});

test("a task that fails is an error with the task's own as its cause", async () => {
  const { code, stdout } = await runScript(`
    import { run } from "@appenv/core";
    const started = await run(tasks.tasks.get("fail") as any, { why: "out of luck" });
    await started.outputs().catch((error) => console.log(error.code, error.cause.name, error.cause.message));
  `);
  expect([code, stdout]).toEqual([0, "TASK_FAILED TypeError out of luck\n"]);
});

test("inside a task and inside an app, run starts what is deployed", async () => {
  const { code, stdout, stderr } = await runScript(`
    import { AppEnvironment, run, serve, TaskEnvironment } from "@appenv/core";
    import { z } from "zod";
    export const outer = new TaskEnvironment({ name: "outer", dependsOn: [tasks] });
    export const nest = outer.task({ name: "nest", output: z.int() }, async () => {
      const inner = await run(addOne, { x: 1 });
      return (await inner.outputs()) * 10;
    });
    export const app = new AppEnvironment({ name: "nesting", dependsOn: [tasks], requiresAuth: false });
    app.server(() => async (request, response) => {
      const inner = await run(addOne, { x: 4 });
      response.end(String(await inner.outputs()));
    });
    if (import.meta.main) {
      console.log(await (await run(nest)).outputs());
      const { endpoint } = await serve(app);
      console.log(await (await fetch(endpoint, { headers: { connection: "close" } })).text());
      process.kill(process.pid, "SIGTERM");
    }
  `);
  expect([stderr, code, stdout]).toEqual(["", 0, "20\n5\n"]);
});

test("a run that a task starts is one run, however often the task is tried", async () => {
  const { code, stdout, stderr } = await runScript(`
    import { run, TaskEnvironment } from "@appenv/core";
    import { Run } from "@appenv/client/tasks";
    import { z } from "zod";
    export const outer = new TaskEnvironment({ name: "outer", dependsOn: [tasks] });
    export const retried = outer.task({ name: "retried", output: z.string(), retries: 2 }, async (_, { attempt }) => {
      const inner = await run(addOne, { x: 1 });
      await inner.wait();
      if (attempt < 3) throw new Error("not yet");
      return inner.name;
    });
    if (import.meta.main) {
      const name = await (await run(retried)).outputs();
      console.log((await Run.list({ task: "math.add_one" })).map((each) => each.name === name));
    }
  `);
  expect([stderr, code, stdout]).toEqual(["", 0, "[ true ]\n"]);
});
