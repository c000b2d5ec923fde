import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toBinary } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { Run, signal, Task } from "@appenv/client/tasks";
import type { TaskSettings } from "@appenv/core";
import { TaskService, TaskSpecSchema, toTaskIdentifier, toTaskSpec, type TaskSpec } from "@appenv/protocol/tasks";
import { taskDefinition, taskSettings } from "@appenv-internal/test-support/task-definition";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, onTestFinished, test, vi } from "vitest";
import type { PlatformOptions } from "../../../src/index.ts";
import { ownerToken } from "../../../src/api/access/owner-token.ts";
import { bearer } from "../../support/api.ts";
import { isAlive } from "../../support/apps.ts";
import { KilledPlatform } from "../chaos/platform-process.ts";

const program = fileURLToPath(new URL("fixtures/program.ts", import.meta.url));
const integer = { kind: "integer" } as const;

/** A task whose program behaves in a way; without what AppEnv writes into a spec, as one of another SDK. */
function specOf(
  mode: string,
  words: readonly string[] = [],
  settings: Partial<TaskSettings> = {},
  name = mode,
): TaskSpec {
  const id = { project: "flytesnacks", domain: "development", name: `programs.${name}`, version: "v1" };
  const args = [mode, "{{.input}}", "{{.OutputPrefix}}", ...words];
  const spec = toTaskSpec(id, {
    ...taskDefinition(),
    environment: "programs",
    taskName: name,
    launch: { kind: "image", image: "acme/programs:1", command: [process.execPath, program], args },
    interface: { inputs: [{ name: "x", type: integer, default: { value: 5 } }], output: integer },
    settings: { ...taskSettings, backoff: { baseMs: 1, factor: 1, capMs: 1 }, ...settings },
  });
  const target = spec.taskTemplate?.target;
  if (target?.case === "container") target.value.env = [];
  return spec;
}

interface Started {
  readonly platform: KilledPlatform;
  readonly home: string;
}

async function start(options: Pick<PlatformOptions, "requireToken"> = {}): Promise<Started> {
  const home = join(tempDirectory(), ".appenv");
  vi.stubEnv("APPENV_HOME", home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const platform = new KilledPlatform(home, options);
  platform.start();
  const baseUrl = await platform.up();
  const transport = createConnectTransport({ baseUrl, httpVersion: "1.1", interceptors: [bearer(ownerToken(home))] });
  const tasks = createClient(TaskService, transport);
  const adds = join(home, "add.pb");
  writeFileSync(adds, toBinary(TaskSpecSchema, specOf("add")));
  const more = [
    "{{.checkpointOutputPrefix}}",
    "{{.prevCheckpointPrefix}}",
    "{{.inputs.x}}",
    "{{.runStartTime}}",
    "{{.runName}}",
  ];
  const specs = [
    specOf("add", more),
    specOf("flaky", [], { retries: 2 }),
    specOf("killed", [], { retries: 1 }),
    specOf("silent", [], { retries: 1 }),
    specOf("final", [], { retries: 1 }),
    specOf("hangs"),
    specOf("hangs", [], { maxRuntimeMs: 500, retries: 1 }, "limited"),
    specOf("tree", [adds]),
  ];
  for (const spec of specs) {
    const { project = "", domain = "", name = "", version = "" } = spec.taskTemplate?.id ?? {};
    await tasks.deployTask({ taskId: toTaskIdentifier({ project, domain, name, version }), spec });
  }
  return { platform, home };
}

/** Runs a task to its end. */
async function runOf(mode: string, inputs: Record<string, unknown> = {}): Promise<Run> {
  const run = await (await Task.get(`programs.${mode}`)).run(inputs);
  await run.wait({ throws: false });
  return run;
}

async function logOf(run: Run): Promise<string[]> {
  const lines: string[] = [];
  for await (const { text } of run.logs()) lines.push(text);
  return lines;
}

test("a program of a container gets its inputs, arguments and env vars as on a cluster, and its outputs and lines are kept", async () => {
  const { home } = await start();
  const run = await (await Task.get("programs.add")).run({ x: 41 }, { envVars: { FROM_RUN: "yes" } });
  expect(await run.outputs()).toBe(42);
  const [said = "", adding] = await logOf(run);
  expect(adding).toBe("adding to 41");
  const { argv, env } = JSON.parse(said) as { argv: string[]; env: Record<string, string> };
  const base = join(home, "run-files/flytesnacks/development", run.name);
  expect(argv).toEqual([
    "add",
    `${base}/a0/inputs.pb`,
    `${base}/a0/1`,
    `${base}/a0/1/_flytecheckpoints`,
    '""',
    "41",
    expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    "{{.runName}}",
  ]);
  expect(env).toMatchObject({
    RUN_NAME: run.name,
    ACTION_NAME: "a0",
    FROM_RUN: "yes",
    FLYTE_ATTEMPT_NUMBER: "0",
    FLYTE_INTERNAL_TASK_NAME: "programs.add",
    FLYTE_INTERNAL_TASK_VERSION: "v1",
    _U_EP_OVERRIDE: expect.stringMatching(/^localhost:\d+$/),
    _U_INSECURE: "true",
    _U_USE_ACTIONS: "1",
    _U_RUN_BASE: base,
  });
  // Its files go with the run: the results are in the database.
  await expect.poll(() => existsSync(base)).toBe(false);
  expect(existsSync(join(home, "files/runs/flytesnacks/development", run.name))).toBe(false);
  expect(await (await runOf("add")).outputs()).toBe(6);
});

test("retries count exit codes and recoverable errors, and nothing else", async () => {
  await start();
  const endings = [
    ["flaky", "SUCCEEDED", 3, undefined, "attempt 0 failed"],
    ["final", "FAILED", 1, "Final", "attempt 0 failed"],
    ["silent", "FAILED", 1, "INVALID_OUTPUT", "wrote neither `outputs.pb` nor `error.pb`"],
    ["killed", "FAILED", 2, "WORKER_LOST", "was ended by SIGKILL"],
    ["limited", "TIMED_OUT", 2, "TIMED_OUT", "ran longer than 500 ms"],
  ] as const;
  const ends = endings.map(async ([mode, phase, attempts, code, said]) => {
    const run = await runOf(mode);
    const { phase: last, failure } = await Run.get(run.name);
    const [root] = await run.actions();
    expect([mode, last, root?.attempts, failure?.code]).toEqual([mode, phase, attempts, code]);
    expect((await logOf(run)).join("\n")).toContain(said);
  });
  await Promise.all(ends);
});

test("a program is asked to end when its run is aborted, and takes along what it has started", async () => {
  await start();
  const run = await (await Task.get("programs.hangs")).run();
  const pids = await pidsOf(run);
  expect(pids.map(isAlive)).toEqual([true, true]);
  await run.abort("enough");
  expect(await run.wait({ throws: false })).toBe("ABORTED");
  expect(pids.map(isAlive)).toEqual([false, false]);
  expect(await logOf(run)).toContain("asked to end");
});

test("a parent goes on after kill -9 of the platform: its trace and its children are not computed again", async () => {
  const { platform } = await start({ requireToken: true });
  const run = await (await Task.get("programs.tree")).run({ x: 10 });
  const actions = async () => Object.fromEntries((await run.actions()).map(({ name, phase }) => [name, phase]));
  const waiting = { a0: "PAUSED", trace1: "SUCCEEDED", child1: "SUCCEEDED", child2: "SUCCEEDED", more: "PAUSED" };
  await expect.poll(actions, { timeout: 20_000 }).toEqual(waiting);
  const [refused, computed] = await logOf(run);
  expect(refused).toMatch(/^elsewhere: .*permission_denied.*makes children of its own action alone/);
  const pid = Number(computed?.replace("trace computed ", ""));
  const deaf = await pidsOf(await (await Task.get("programs.hangs")).run());
  expect([pid, ...deaf].map(isAlive)).toEqual([true, true, true]);

  await platform.kill();
  await expect.poll(() => [pid, ...deaf].filter(isAlive)).toEqual([]);
  platform.start();
  await platform.up();
  const again = await Run.get(run.name);
  await expect.poll(() => logOf(again), { timeout: 20_000 }).toContain(`trace again ${pid}`);
  const more = (await again.actions()).find(({ name }) => name === "more");
  expect(more?.phase).toBe("PAUSED");
  await signal(again, "more", 100);
  expect(await again.outputs()).toBe(12 + 13 + 100);
  const attempts = Object.fromEntries((await again.actions()).map(({ name, attempts: tried }) => [name, tried]));
  expect(attempts).toMatchObject({ a0: 2, child1: 1, child2: 1 });
});

/** The processes that a program which hangs has told of: its own, and one that it has started. */
async function pidsOf(run: Run): Promise<number[]> {
  for await (const { text } of run.logs({ follow: true })) return text.split(" ").slice(1).map(Number);
  return [];
}
