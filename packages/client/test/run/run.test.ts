import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { FlyteDir, FlyteFile, type TaskFunction } from "@appenv/core";
import { decodeInputs, fromTaskSpec, fromTaskTrigger, InputsSchema, RunSource } from "@appenv/protocol/tasks";
import { describe, expect, test } from "vitest";
import { absolutePaths } from "../../src/run/absolute-paths.ts";
import { pickTask } from "../../src/load/pick-task.ts";
import { Run } from "../../src/run/run.ts";
import { runTask } from "../../src/run/run-task.ts";
import { errorOf } from "../support/error-of.ts";
import { FakeControlPlane } from "../support/fake-control-plane.ts";
import { details, FakeRuns } from "../support/fake-runs.ts";
import { taskProject } from "../support/task-project.ts";

const embedded = { home: "/somewhere" };

async function inputsOf(task: TaskFunction, fake: FakeRuns, index = 0): Promise<unknown> {
  const wrapper = fake.created[index]?.request.inputWrapper;
  if (wrapper?.case !== "inputs") throw new Error("There are no inputs.");
  return decodeInputs(
    task.interface,
    toBinary(InputsSchema, fromBinary(InputsSchema, toBinary(InputsSchema, wrapper.value))),
  );
}

describe("run", () => {
  test("deploys the tasks of the plan with one bundle and one version, then starts the run", async () => {
    using project = taskProject();
    const runs = new FakeRuns();
    await using fake = await FakeControlPlane.start({ ...embedded, routes: runs.routes });
    const { task } = await pickTask(project.path("tasks.ts"), "total");
    const run = await runTask(
      task,
      { numbers: [1, 2] },
      {
        endpoint: fake.endpoint,
        labels: { team: "shop" },
        annotations: { note: "n" },
        envVars: { A: "1" },
        overwriteCache: true,
        idempotencyKey: "once",
      },
    );
    expect(fake.calls.filter((call) => call === "CreateUploadLocation")).toHaveLength(1);
    expect(runs.deployed.map(({ taskId }) => taskId?.name)).toEqual(["math.add_one", "sums.total"]);
    const versions = runs.deployed.map(({ taskId }) => taskId?.version);
    expect(versions[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(versions[1]).toBe(versions[0]);
    const [addOne] = runs.deployed;
    expect(fromTaskSpec(addOne?.spec as never)).toMatchObject({
      environment: "math",
      taskName: "add_one",
      envVars: { LEVEL: "debug" },
      launch: { kind: "bundle", environment: "math", workdir: project.root },
    });
    expect(addOne?.triggers.map((trigger) => fromTaskTrigger(trigger))).toMatchObject([
      { name: "daily", active: true, kickoffTimeInput: "day", automation: { kind: "cron", expression: "@daily" } },
    ]);

    const [{ request, headers }] = runs.created as [(typeof runs.created)[0]];
    expect(headers.get("idempotency-key")).toBe("once");
    expect(request).toMatchObject({
      id: { case: "projectId", value: { name: "flytesnacks", domain: "development" } },
      task: { case: "taskId", value: { name: "sums.total", version: versions[0] } },
      source: RunSource.CLI,
      runSpec: {
        labels: { values: { team: "shop" } },
        annotations: { values: { note: "n" } },
        envs: { values: [{ key: "A", value: "1" }] },
        overwriteCache: true,
      },
    });
    expect(await inputsOf(task, runs)).toEqual({ numbers: [1, 2], scale: 1 });
    expect(run).toMatchObject({ name: "r1", phase: "QUEUED", task: { name: "math.add_one", version: "v1" } });
    expect(run.url).toBe(`${fake.endpoint}/v2/domain/development/project/flytesnacks/runs/r1`);
  });

  test("deploys once for a process, and again if the control plane has forgotten", async () => {
    using project = taskProject();
    const runs = new FakeRuns();
    await using fake = await FakeControlPlane.start({ ...embedded, routes: runs.routes });
    const { task } = await pickTask(project.path("tasks.ts"), "math.add_one");
    const { endpoint } = fake;
    await Promise.all([1, 2].map((x) => runTask(task, { x }, { endpoint })));
    await runTask(task, { x: 3 }, { endpoint });
    expect([runs.deployed.length, runs.created.length]).toEqual([1, 3]);
    runs.forget = true;
    await runTask(task, { x: 4 }, { endpoint });
    expect([runs.deployed.length, runs.created.length]).toEqual([2, 4]);
  });

  test("refuses inputs before it calls anybody", async () => {
    using project = taskProject();
    const { task } = await pickTask(project.path("tasks.ts"), "add_one");
    const nowhere = { endpoint: "http://127.0.0.1:9" };
    for (const [inputs, message] of [
      [{ x: "1" }, "The input 'x'"],
      [{}, "The input 'x' is missing."],
      [{ x: 1, y: 1 }, "has no input 'y'"],
      [[1], "are not an object"],
      [{ x: -1 }, "x: Too small"],
    ] as const) {
      const error = await errorOf(runTask(task, inputs, nowhere));
      expect([error.code, error.message]).toEqual(["INVALID_INPUT", expect.stringContaining(message)]);
    }
  });

  test("says that other control planes do not take tasks yet", async () => {
    using project = taskProject();
    await using fake = await FakeControlPlane.start();
    const { task } = await pickTask(project.path("tasks.ts"), "add_one");
    const error = await errorOf(runTask(task, { x: 1 }, { endpoint: fake.endpoint }));
    expect([error.code, error.fix]).toEqual(["UNSUPPORTED", expect.stringContaining("--local")]);
  });

  test("names files from the root, since tasks run elsewhere", () => {
    const value = {
      list: [new FlyteFile("a.txt")],
      dir: new FlyteDir("/b"),
      uri: new FlyteFile("s3://c/d"),
      date: new Date(0),
    };
    expect(absolutePaths(value)).toEqual({ ...value, list: [new FlyteFile(`${process.cwd()}/a.txt`)] });
  });
});

describe("a run", () => {
  test("is waited for though its stream breaks again and again, and its phases are told once each", async () => {
    const runs = new FakeRuns();
    runs.streams = [[details("QUEUED"), details("RUNNING")], [], [details("RUNNING"), details("SUCCEEDED")]];
    await using fake = await FakeControlPlane.start({ ...embedded, routes: runs.routes });
    const run = await Run.get("r1", { endpoint: fake.endpoint });
    const phases: string[] = [];
    for await (const phase of run.watch()) phases.push(phase);
    expect(phases).toEqual(["QUEUED", "RUNNING", "SUCCEEDED"]);
    expect(await run.wait()).toBe("SUCCEEDED");
  });

  test("that fails is an error, unless that is not wanted", async () => {
    const runs = new FakeRuns();
    runs.streams = [[details("FAILED", "RangeError: too much")]];
    await using fake = await FakeControlPlane.start({ ...embedded, routes: runs.routes });
    const run = await Run.get("r1", { endpoint: fake.endpoint });
    const error = await errorOf(run.outputs());
    expect([error.code, error.message]).toEqual(["TASK_FAILED", "The run 'r1' failed: RangeError: too much"]);
    expect(await run.wait({ throws: false })).toBe("FAILED");
    expect(run.failure).toMatchObject({ code: "RangeError" });
  });

  test("is not waited for longer than wanted", async () => {
    const runs = new FakeRuns();
    await using fake = await FakeControlPlane.start({ ...embedded, routes: runs.routes });
    const run = await Run.get("r1", { endpoint: fake.endpoint });
    const error = await errorOf(run.wait({ timeout: "100ms" }));
    expect([error.code, error.message]).toEqual(["TIMED_OUT", "'r1' is RUNNING after 0.1 s."]);
    await expect(run.wait({ signal: AbortSignal.abort(new Error("no more")) })).rejects.toThrow("no more");
  });

  test("is found in a list that comes in pages", async () => {
    const runs = new FakeRuns();
    await using fake = await FakeControlPlane.start({ ...embedded, routes: runs.routes });
    const { endpoint } = fake;
    const list = await Run.list({
      endpoint,
      limit: 150,
      phase: ["FAILED", "ABORTED"],
      labels: { team: "shop" },
      task: "math.add_one",
    });
    expect([list.length, list[149]?.name]).toEqual([150, "r149"]);
    expect(runs.listed).toHaveLength(2);
    expect(runs.listed[1]).toMatchObject({
      request: {
        limit: 50,
        token: "100",
        filters: [
          { field: "phase", values: ["6", "7"] },
          { field: "labels.team", values: ["shop"] },
        ],
      },
      scopeBy: { case: "taskName", value: { name: "math.add_one" } },
    });
  });
});
