import { fileURLToPath } from "node:url";
import { startFlyteBackend, type FlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { makeProject, runCli } from "./support/cli.ts";

// Each test is several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

let backend: FlyteBackend;
beforeAll(async () => {
  backend = await startFlyteBackend();
});
afterAll(() => backend.close());

function example(path: string): string {
  return fileURLToPath(new URL(`../../../examples/${path}`, import.meta.url));
}

function uploads(): number {
  return backend.calls.filter((call) => call.includes("CreateUploadLocation")).length;
}

test("an app is served on a cluster from its code, which is uploaded once", async () => {
  const folder = makeProject();
  const cli = (command: string, ...options: string[]) =>
    runCli([command, example("hello-app/hello-app.ts"), "--endpoint", backend.endpoint, ...options], folder);
  const { stdout, stderr } = await cli("serve");
  const [endpoint = ""] = /http:\S+/.exec(stdout) ?? [stderr];
  expect(await (await fetch(endpoint)).json()).toEqual({ message: "Hello, World!" });
  expect((await fetch(new URL("/health", endpoint))).status).toBe(200);
  expect(uploads()).toBe(1);
  expect(await cli("deploy")).toMatchObject({ code: 0, stdout: expect.stringContaining(endpoint) });
  expect(uploads()).toBe(1);
  // A plan tells the same, and changes nothing.
  const plan = await cli("deploy", "--plan", "-e", "LOG_LEVEL=debug", "-e", "API_TOKEN=hunter2");
  expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining("~ app hello-app changes") });
  expect(plan.stdout).toContain('envVars.LOG_LEVEL: (none) -> "debug"');
  expect(plan.stdout).not.toContain("hunter2");
  expect((await cli("deploy", "--plan")).stdout).toContain("= app hello-app stays as it is");
});

test("doctor looks at the cluster that is named", async () => {
  const words = ["doctor", "--endpoint", backend.endpoint];
  const [there, missing] = await Promise.all(
    [[], ["-p", "nope"]].map((more) => runCli([...words, ...more], makeProject())),
  );
  expect(there?.stdout).toContain("project 'flytesnacks' is there");
  expect(missing).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/fail +project +There is no project 'nope'/),
  });
});

test("a plan fails on what a cluster cannot do, with the reason", async () => {
  const file = example("canary/app.ts");
  const { code, stdout } = await runCli(["deploy", file, "--plan", "--endpoint", backend.endpoint], makeProject());
  expect([code, stdout]).toEqual([1, expect.stringContaining("a new revision takes all requests")]);
});

test("tasks run on a cluster from their code; a parent that is killed while it waits goes on where it was", async () => {
  const folder = makeProject();
  const cli = async <T>(...words: string[]): Promise<T> => {
    const { code, stdout, stderr } = await runCli([...words, "--endpoint", backend.endpoint, "--json"], folder);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as T;
  };
  await cli("run", example("fan-out/tasks.ts"), "order", "--item", "lamp", "--name", "lamp", "--detach");
  const actions = () => cli<{ task: string; phase: string; kind: string }[]>("get", "action", "lamp");
  const waiting = { kind: "condition", task: "approve", phase: "PAUSED" };
  await expect.poll(actions, { timeout: 50_000 }).toContainEqual(expect.objectContaining(waiting));
  const root = backend.state.actions.find(({ run, name }) => run.name === "lamp" && name === "a0");
  if (root === undefined) throw new Error("there is no such run");
  backend.pods.kill(root);
  await expect.poll(() => backend.pods.starts.get("lamp-a0-0")).toBe(2);
  await cli("signal", "lamp", "approve", "true");
  await expect.poll(() => cli("get", "run", "lamp"), { timeout: 50_000 }).toMatchObject({ phase: "SUCCEEDED" });
  const { output } = await cli<{ output: object }>("get", "io", "lamp");
  expect(output).toEqual({ supplier: "east", price: 990, ordered: true });
  const quotes = (await actions()).filter(({ task }) => task === "fan-out.quote");
  expect(quotes).toHaveLength(3);
});
