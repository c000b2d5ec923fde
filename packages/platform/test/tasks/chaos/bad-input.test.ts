import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { fromBinary } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { deployAll, loadEnvironments } from "@appenv/client/internal";
import { Run, Task } from "@appenv/client/tasks";
import { AppEnvError, errorCatalogue } from "@appenv/core";
import { type TaskInterface } from "@appenv/core/internal";
import { encodeInputs, InputsSchema, RunService } from "@appenv/protocol/tasks";
import { expect, onTestFinished, test, vi } from "vitest";
import { failure } from "../../support/task-api.ts";
import { fill, smallDisk } from "@appenv-internal/test-support/small-disk";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { KilledPlatform } from "./platform-process.ts";

/** A platform in a process of its own, with the tasks. */
async function start(directory: string = tempDirectory()): Promise<KilledPlatform> {
  vi.stubEnv("APPENV_HOME", join(directory, ".appenv"));
  onTestFinished(() => void vi.unstubAllEnvs());
  const platform = new KilledPlatform(join(directory, ".appenv"));
  platform.start();
  await platform.up();
  const { environments } = await loadEnvironments(fileURLToPath(new URL("fixtures/bad-tasks.ts", import.meta.url)));
  await deployAll([...environments.values()]);
  return platform;
}

async function run(name: string, inputs: Record<string, unknown> = {}): Promise<Run> {
  return (await Task.get(`bad.${name}`)).run(inputs);
}

/** The error of a call, or of a run: its own, or its cause. */
async function reason(promise: Promise<unknown>): Promise<{ code: string; message: string; fix: string }> {
  try {
    await promise;
  } catch (error) {
    const inner = AppEnvError.is(error, "TASK_FAILED") && error.cause instanceof Error ? error.cause : error;
    const { message } = inner as Error;
    return {
      code: AppEnvError.is(inner) ? inner.code : (inner as Error).name,
      message,
      fix: (error as AppEnvError).fix,
    };
  }
  throw new Error("it did not fail");
}

async function failed(name: string, inputs: Record<string, unknown> = {}): ReturnType<typeof reason> {
  return reason((await run(name, inputs)).outputs());
}

/** Of a process, in MiB; 0 where that cannot be told. */
function rssOf(pid: number): number {
  if (process.platform !== "linux") return 0;
  const [, pages = "0"] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ");
  return (Number(pages) * 4_096) / 2 ** 20;
}

test("a run that cannot be is refused with the way out, and none is made", async () => {
  const platform = await start();
  expect(await reason(run("echo", { x: "one" }))).toMatchObject({
    code: "INVALID_INPUT",
    message: expect.stringMatching(/x/),
  });
  expect(await reason(run("echo"))).toMatchObject({ code: "INVALID_INPUT", message: expect.stringMatching(/x/) });
  expect(await reason(run("nothing"))).toMatchObject({
    code: "NOT_FOUND",
    message: expect.stringMatching(/bad\.nothing/),
  });
  expect(await reason(Task.get("bad.echo", { version: "0" }))).toMatchObject({
    code: "NOT_FOUND",
    message: expect.stringMatching(/version/),
  });
  const large = await reason(run("small", { text: "x".repeat(2_000), times: 0 }));
  expect(large).toMatchObject({
    code: "PAYLOAD_TOO_LARGE",
    message: expect.stringMatching(/1000/),
    fix: errorCatalogue.PAYLOAD_TOO_LARGE.fix,
  });
  // A client that checks nothing.
  const runs = createClient(RunService, createConnectTransport({ baseUrl: await platform.up(), httpVersion: "1.1" }));
  const place = { project: "flytesnacks", domain: "development" };
  const asks = (name: string, version: string, type: TaskInterface, values: Record<string, unknown>) =>
    failure(
      runs.createRun({
        id: { case: "projectId", value: { name: place.project, domain: place.domain } },
        task: { case: "taskId", value: { ...place, name, version } },
        inputWrapper: { case: "inputs", value: fromBinary(InputsSchema, encodeInputs(type, values)) },
      }),
    );
  const text: TaskInterface = { inputs: [{ name: "x", type: { kind: "string" } }], output: undefined };
  const none: TaskInterface = { inputs: [], output: undefined };
  const answers = [
    await asks("bad.echo", "", text, { x: "one" }),
    await asks("bad.echo", "", none, {}),
    await asks("bad.nothing", "", none, {}),
    await asks("bad.echo", "0", none, {}),
  ];
  expect(answers.map(({ metadata }) => metadata.get("appenv-error-code"))).toEqual([
    "INVALID_INPUT",
    "INVALID_INPUT",
    "NOT_FOUND",
    "NOT_FOUND",
  ]);
  expect(await Run.list()).toEqual([]);
});

test("a call that turns out to be impossible fails the run, with the reason and the place", async () => {
  await start();
  expect(await failed("calls_small")).toMatchObject({
    code: "PAYLOAD_TOO_LARGE",
    message: expect.stringMatching(/input of .bad\.small.* are 1000/),
  });
  const output = await failed("small", { text: "x", times: 5_000 });
  expect(output).toMatchObject({ code: "PAYLOAD_TOO_LARGE", message: expect.stringMatching(/output of 'bad\.small'/) });
  expect(await failed("ping", { x: 1 })).toMatchObject({
    message: expect.stringMatching(/TASK_CYCLE: .*bad\.ping -> bad\.pong -> bad\.ping/),
  });
  expect(await failed("deeper", { x: 1 })).toMatchObject({ message: expect.stringMatching(/TASK_CYCLE: .*100 deep/) });
  for (const what of ["text", "nothing", "half", "circle"]) {
    expect(await failed("returns", { what })).toMatchObject({
      code: "INVALID_OUTPUT",
      message: expect.stringMatching(/'bad\.returns'/),
    });
  }
  for (const what of ["nothing", "circle", "hostile"]) {
    expect(await failed("returns_anything", { what })).toMatchObject({ code: "INVALID_OUTPUT" });
  }
});

test("a thrown value that is no error is shown as well as can be", async () => {
  await start();
  const messages = await Promise.all(
    ["circle", "hostile", "nothing", "symbol", "proxy", "long"].map((what) => failed("throws", { what })),
  );
  expect(messages.map(({ message }) => message.slice(0, 20))).toEqual([
    "<ref *1> { big: 1n, ",
    "(an error that canno",
    "undefined",
    "Symbol(s)",
    "(an error that canno",
    "xxxxxxxxxxxxxxxxxxxx",
  ]);
  expect(Math.max(...messages.map(({ message }) => message.length))).toBeLessThan(10_000);
});

interface Told {
  readonly code: string;
  readonly message: string;
  readonly cause: unknown;
}

test("an error arrives with what led to it and where it was thrown: at the parent and in the API", async () => {
  const platform = await start();
  const told = async (what: string): Promise<Told> => (await (await run("tells", { what })).outputs()) as Told;
  const plain = { code: null, status: null, errors: [], cause: null };
  const inner = { ...plain, name: "Error", message: "inner", code: "ECONNREFUSED", cause: "a text" };
  const outer = { ...plain, name: "TypeError", message: "outer", cause: inner };
  const reasons = [
    { ...plain, name: "Error", message: "one reason" },
    { ...plain, name: "RangeError", message: "two" },
  ];
  const [cause, props, all, around, hostile, deep] = await Promise.all(
    ["cause", "props", "all", "around", "hostile", "deep"].map(told),
  );
  expect(cause?.cause).toEqual(outer);
  expect(cause?.message).toMatch(/^'bad\.fails' \(action \w+\) failed at \S*bad-tasks\.ts:\d+:\d+: TypeError: outer$/);
  expect(props?.cause).toEqual({ ...plain, name: "Error", message: "http failed", code: "E_HTTP", status: 502 });
  expect(all?.cause).toMatchObject({ name: "AggregateError", message: "All promises were rejected", errors: reasons });
  expect(around?.cause).toMatchObject({ message: "goes around", cause: { message: "and around", cause: null } });
  expect(hostile?.cause).toEqual({ ...plain, name: "Error", message: "has traps" });
  expect(JSON.stringify(deep).length).toBeLessThan(50_000);

  // Two calls above, the run still says what failed and where.
  const failedRun = await run("calls_fails", { what: "cause" });
  const error = (await failedRun.wait().catch((thrown: unknown) => thrown)) as AppEnvError;
  expect(error.message).toMatch(
    /^The run '\w+' failed: 'bad\.fails' \(action \w+\) failed at \S*bad-tasks\.ts:\d+:\d+: TypeError: outer$/,
  );
  expect(error.cause).toMatchObject({
    code: "TASK_FAILED",
    cause: { name: "TypeError", cause: { code: "ECONNREFUSED" } },
  });
  const direct = (await (
    await run("fails", { what: "cause" })
  )
    .wait()
    .catch((thrown: unknown) => thrown)) as AppEnvError;
  expect(direct.message).toMatch(/^The run '\w+' failed at \S*bad-tasks\.ts:\d+:\d+: TypeError: outer$/);
  expect(direct.cause).toMatchObject({ name: "TypeError", cause: { message: "inner", code: "ECONNREFUSED" } });

  // It is the same after a restart, and a client of Flyte's own can read it.
  await platform.kill();
  platform.start();
  await platform.up();
  const later = await Run.get(failedRun.name);
  expect(later.failure).toMatchObject({
    code: "TASK_FAILED",
    thrown: [{ name: "AppEnvError" }, { name: "TypeError" }, {}, {}],
  });
  expect(later.failure?.message).toMatch(/failed at \S*bad-tasks\.ts:\d+:\d+: TypeError: outer/);
});

// The engine's own tests do this with 100,000: the end is the same, and takes as long as all of these together.
test("20,000 children of one action succeed, and the platform answers meanwhile", { timeout: 300_000 }, async () => {
  const platform = await start();
  const end = (await run("many", { x: 20_000 })).outputs();
  let over = false;
  void end.catch(() => {}).finally(() => (over = true));
  let [slowest, largest] = [0, 0];
  while (!over) {
    const began = performance.now();
    expect(await Run.list({ limit: 1 })).toHaveLength(1);
    slowest = Math.max(slowest, performance.now() - began);
    largest = Math.max(largest, rssOf(platform.pids[0] ?? 0));
    await sleep(200);
  }
  expect(await end).toBe(20_000);
  expect(slowest).toBeLessThan(30_000);
  expect(largest).toBeLessThan(768);
  expect(await (await run("echo", { x: 1 })).outputs()).toBe(1);
});

test("when the disk is full runs are refused, and those that were accepted end once there is space", async (context) => {
  const directory = smallDisk(context, "32m");
  const platform = await start(directory);
  const gates = tempDirectory();
  const file = join(gates, "open");
  const accepted = await Promise.all(Array.from({ length: 5 }, () => run("waits", { file })));
  for (const each of accepted) for await (const phase of each.watch()) if (phase === "RUNNING") break;

  const filler = fill(directory);
  const { code, fix } = await refusedBecauseOfTheDisk();
  expect([code, fix]).toEqual(["DISK_FULL", errorCatalogue.DISK_FULL.fix]);
  writeFileSync(file, "");
  await platform.kill();
  rmSync(filler);
  platform.start();
  for (const each of accepted) expect(await each.wait()).toBe("SUCCEEDED");
  expect(await (await run("echo", { x: 1 })).outputs()).toBe(1);
});

/** Some pages of the database may be free, so the first runs may still be accepted. */
async function refusedBecauseOfTheDisk(): ReturnType<typeof reason> {
  for (;;) {
    const answer = await reason(run("small", { text: "x".repeat(500), times: 1 })).catch(() => undefined);
    if (answer !== undefined) return answer;
  }
}
