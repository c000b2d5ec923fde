import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TaskDefinition } from "@appenv/protocol";
import { encodeInputs } from "@appenv/protocol/values";
import { describe, expect, it } from "vitest";
import { isAlive } from "../../support/apps.ts";
import { taskDefinition } from "@appenv-internal/test-support/task-definition";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { startWorkers, type Watched, type WorkersFixture } from "../../support/workers.ts";

const runtime = fileURLToPath(import.meta.resolve("@appenv/runtime/replica"));
const nothing = encodeInputs({ inputs: [], output: undefined }, {});
const isolated = { isolated: true };

/** A module with an environment that has these tasks. */
function moduleWith(tasks: Readonly<Record<string, string>>): string {
  const file = join(tempDirectory(), "tasks.mjs");
  const lines = Object.entries(tasks).map(([name, body]) => `const ${name} = env.task({ name: "${name}" }, ${body});`);
  writeFileSync(
    file,
    `import { TaskEnvironment } from ${JSON.stringify(import.meta.resolve("@appenv/core"))};
     import { setTimeout as sleep } from "node:timers/promises";
     console.log("imported");
     export const env = new TaskEnvironment({ name: "tasks" });
     ${lines.join("\n")}`,
  );
  return file;
}

/** Workers of the runtime itself. */
function startTasks(
  tasks: Readonly<Record<string, string>>,
  changes: Partial<TaskDefinition> = {},
  env: Readonly<Record<string, string>> = {},
): WorkersFixture {
  const { workers, start } = startWorkers({}, taskDefinition(changes, moduleWith(tasks)), runtime, env);
  return { workers, start: (task, given, spec) => start(task, { inputs: nothing, ...given }, spec) };
}

async function outcome(attempt: Watched): Promise<unknown> {
  const end = await attempt.ended;
  return end.type === "result" ? end.result.outcome : end;
}

describe("a worker of the runtime", () => {
  it("runs attempts side by side and keeps what they print apart", async () => {
    const { start } = startTasks({
      talk: `async (_, ctx) => { console.log("I am", ctx.action); await sleep(10); console.error("still", ctx.action) }`,
    });
    const attempts = ["a0", "a1", "a2"].map((action) => start("talk", { action }));
    for (const attempt of attempts) expect(await outcome(attempt)).toMatchObject({ type: "succeeded" });
    expect(attempts.map(({ lines }) => lines)).toEqual([
      ["stdout imported", "stdout I am a0", "stderr still a0"],
      ["stdout I am a1", "stderr still a1"],
      ["stdout I am a2", "stderr still a2"],
    ]);
    const pids = await Promise.all(attempts.map(async ({ started }) => (await started).pid));
    expect(new Set(pids).size).toBe(1);
  });

  it("asks for children, and goes on with what is answered", async () => {
    const { start } = startTasks({
      child: `async () => {}`,
      parent: `async () => { await child(); console.log("done") }`,
    });
    const parent = start("parent");
    const request = await parent.requested;
    expect(request).toMatchObject({ kind: "task", task: "tasks.child" });
    const child = start("child", { action: request.name });
    const end = await child.ended;
    if (end.type !== "result") throw new Error("the child was lost");
    parent.running.answer(request.call, end.result.outcome);
    expect(await outcome(parent)).toMatchObject({ type: "succeeded" });
    expect(parent.lines).toContain("stdout done");
  });

  it("has a name that shows what it is", async () => {
    const { start } = startTasks({ quick: `async () => {}` });
    const { pid, name } = await start("quick").started;
    await expect.poll(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")).toContain(`appenv-worker ${name}`);
  });

  it("lets a cancelled attempt clean up", async () => {
    const { start } = startTasks({
      wait: `async (_, { signal }) => {
        console.log("waiting");
        try { await sleep(1e6, undefined, { signal }) } finally { await sleep(20); console.log("cleaned up") }
      }`,
    });
    const attempt = start("wait");
    await expect.poll(() => attempt.lines).toContain("stdout waiting");
    attempt.running.cancel("aborted", "not needed");
    expect(await outcome(attempt)).toMatchObject({ type: "aborted", error: { message: "not needed" } });
    expect(attempt.lines).toContain("stdout cleaned up");
  });

  it("gives run env vars to the process, isolated or not", async () => {
    const { start } = startTasks({ show: `async () => console.log(process.env.MODE)` });
    for (const spec of [{}, isolated]) {
      const attempt = start("show", { envVars: { MODE: "fast" } }, spec);
      await attempt.ended;
      expect(attempt.lines).toContain("stdout fast");
    }
  });
});

describe("a worker of the runtime that ends", () => {
  it.each([
    [
      "process.exit",
      `async () => { console.error("bye"); await sleep(10); process.exit(0) }`,
      /exit code 0, as process\.exit\(\) does\. Its last output:\nbye$/,
    ],
    ["an uncaught error", `async () => { setTimeout(() => {}, 1); process.abort() }`, /ended by SIGABRT/],
    ["a signal", `async () => { process.kill(process.pid, "SIGKILL"); await sleep(1e6) }`, /ended by SIGKILL/],
  ])("by %s loses the attempt", async (_, body, message) => {
    const { start } = startTasks({ end: body });
    const end = await start("end").ended;
    expect(end).toMatchObject({ type: "lost", alone: true, error: { code: "WORKER_LOST" } });
    expect(end.type === "lost" && end.error.message).toMatch(message);
  });

  it("because its heap is full says so, without V8's frames", async () => {
    const grow = `async () => { const kept = []; for (;;) kept.push(new Array(1e5).fill(kept.length)) }`;
    const { start } = startTasks({ grow }, {}, { NODE_OPTIONS: "--max-old-space-size=60" });
    const end = await start("grow").ended;
    const message = end.type === "lost" ? end.error.message : "";
    expect(message).toMatch(/^The task's process ran out of memory: its JavaScript heap was full/);
    expect(message).toContain("FATAL ERROR");
    expect(message).not.toContain("0x");
  });

  it("because it takes more memory than it may says how much", async () => {
    const memory = [{ name: "memory" as const, request: "250Mi", limit: "250Mi" }];
    const body = `async () => { globalThis.kept = Buffer.alloc(400 * 2 ** 20, 1); await sleep(1e6) }`;
    const { start } = startTasks({ eat: body }, { resources: memory });
    const end = await start("eat").ended;
    expect(end.type === "lost" && end.error.message).toMatch(/ran out of memory: it used \d+ MiB of its 250 MiB/);
  });

  it("because its module throws says what the module said", async () => {
    const file = join(tempDirectory(), "broken.mjs");
    writeFileSync(file, `throw new Error("no database");`);
    const { start } = startWorkers({}, taskDefinition({}, file), runtime);
    const end = await start("any", { inputs: nothing }).ended;
    expect(end).toMatchObject({ type: "lost", error: { code: "LOAD_FAILED", retryable: false } });
    expect(end.type === "lost" && end.error.message).toContain("no database");
  });

  it("is not left behind by a platform that is killed, in whatever state it is", async () => {
    const file = moduleWith({
      spin: `async () => { console.log("pid", process.pid); await sleep(100); for (;;); }`,
      wait: `async () => { console.log("pid", process.pid); process.on("SIGTERM", () => {}); await sleep(1e6) }`,
    });
    const script = fileURLToPath(new URL("../../support/workers-platform.ts", import.meta.url));
    const platform = fork(script, [file, "spin", "wait"]);
    const pids: number[] = [];
    while (pids.length < 2) {
      const [text] = (await once(platform, "message")) as [string];
      if (text.startsWith("pid ")) pids.push(Number(text.slice(4)));
    }
    platform.kill("SIGKILL");
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });
});
