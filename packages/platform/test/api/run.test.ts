import { Code, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { errorCodeHeader } from "@appenv/protocol";
import {
  ActionPhaseNumber,
  ActionType,
  ConditionPromptType,
  RelationType,
  RunService,
  RunSource,
  SimpleType,
  toActionIdentifier,
  toLiteral,
  toRunIdentifier,
  toTaskIdentifier,
  toTaskSpec,
} from "@appenv/protocol/tasks";
import { describe, expect, test } from "vitest";
import { taskDefinition, taskId } from "../support/fake-tasks.ts";
import { action, failure, inputs, projectId, startTaskApi } from "../support/task-api.ts";

const byId = { case: "taskId", value: toTaskIdentifier(taskId()) } as const;
const inProject = { case: "projectId", value: projectId } as const;

function offloaded(uri = "") {
  return { case: "offloadedInputData", value: { uri, inputsHash: "" } } as const;
}

function named(name: string) {
  return { id: { case: "runId", value: { domain: "development", project: "flytesnacks", name } } } as const;
}

function otherTask(changes: Partial<typeof byId.value>) {
  return { task: { case: "taskId", value: { ...byId.value, ...changes } } } as const;
}

test("a run has its labels and the run that it recovers, and its actions their kinds", async () => {
  const { runService, engine } = await startTaskApi();
  const runSpec = { labels: { values: { team: "blue" } }, annotations: { values: { "appenv.dev/recover": "before" } } };
  const inputWrapper = { case: "inputs", value: inputs(1) } as const;
  await runService.createRun({ id: inProject, task: byId, inputWrapper, runSpec });
  const { runs } = await runService.listRuns({ scopeBy: inProject });
  expect(runs[0]).toMatchObject({
    labels: { team: "blue" },
    action: { metadata: { relation: { relatedTo: { name: "before" }, relationType: RelationType.RECOVER } } },
  });
  const condition = {
    name: "approve",
    type: "integer",
    prompt: "*How many?*",
    markdown: true,
    description: "Of them",
    timeoutMs: 90_000,
  } as const;
  const asked = engine.add(action("r0", "c1"), { kind: "condition", name: "approve", condition, phase: "PAUSED" });
  const kept = engine.add(action("r0", "b1"), { phase: "RECOVERED", recoveredFrom: "before" });
  const error = { kind: "USER", code: "RangeError", message: "no", stack: undefined, retryable: false } as const;
  const failed = engine.add(action("r0", "b2"), { phase: "FAILED", error });
  const detailsOf = async ({ id }: typeof asked) =>
    (await runService.getActionDetails({ actionId: toActionIdentifier(id) })).details;
  const type = { type: { case: "simple", value: SimpleType.INTEGER } };
  expect(await detailsOf(asked)).toMatchObject({
    metadata: { spec: { case: "condition", value: { name: "approve", type } } },
    spec: {
      case: "condition",
      value: { type, prompt: "*How many?*", promptType: ConditionPromptType.MARKDOWN, timeout: { seconds: 90n } },
    },
  });
  expect(await detailsOf(kept)).toMatchObject({
    status: { phase: ActionPhaseNumber.RECOVERED },
    metadata: { recoveredFrom: { name: "b1", run: { name: "before" } } },
  });
  engine.succeed(asked.id, 7);
  expect((await detailsOf(asked))?.result).toMatchObject({
    case: "signalInfo",
    value: { output: toLiteral({ kind: "integer" }, 7) },
  });
  expect((await detailsOf(failed))?.result).toMatchObject({ value: { code: "RangeError" } });
});

describe("CreateRun", () => {
  test("starts a deployed task under a name that is made up, with its settings", async () => {
    const { runService, engine } = await startTaskApi();
    const { run } = await runService.createRun({
      id: inProject,
      task: byId,
      inputWrapper: { case: "inputs", value: inputs(41) },
      runSpec: {
        labels: { values: { team: "blue" } },
        annotations: { values: { note: "hi", "appenv.dev/recover": "before" } },
        envs: { values: [{ key: "A", value: "1" }] },
        overwriteCache: true,
      },
      source: RunSource.CLI,
    });
    expect(run?.action?.id).toMatchObject({ run: { ...projectId, project: "flytesnacks", name: "r0" }, name: "a0" });
    expect(run?.action?.status?.phase).toBe(ActionPhaseNumber.QUEUED);
    expect(run?.action?.metadata).toMatchObject({
      actionType: ActionType.TASK,
      environmentName: "add-one",
      source: RunSource.CLI,
      spec: { case: "task", value: { id: { name: "add-one.add_one", version: "v1" }, shortName: "add_one" } },
    });
    expect(engine.requests[0]).toMatchObject({
      settings: { labels: { team: "blue" }, envVars: { A: "1" }, overwriteCache: true },
      recover: "before",
      source: "cli",
    });
    expect(engine.requests[0]).not.toHaveProperty("name");
  });

  test("takes inputs that were uploaded, those of another run, and a task that is sent along", async () => {
    const { runService, dataService, engine } = await startTaskApi();
    const { offloadedInputData } = await dataService.uploadInputs({ id: inProject, task: byId, inputs: inputs(7) });
    await runService.createRun({ id: inProject, task: byId, inputWrapper: offloaded(offloadedInputData?.uri) });
    const { inputsUri } = await runService.getActionDataURIs({ actionId: toActionIdentifier(action("r0")) });
    await runService.createRun({
      id: inProject,
      task: { case: "taskSpec", value: toTaskSpec(taskId({ name: "add-one.other" }), taskDefinition()) },
      inputWrapper: offloaded(inputsUri),
    });
    const { inputs: stored } = await dataService.getActionData({ actionId: toActionIdentifier(action("r1")) });
    expect(stored).toEqual(inputs(7));
    expect(engine.requests[1]?.task.id.name).toBe("add-one.other");
    for (const uri of ["appenv://inputs/0", "appenv://inputs/../state.db", "appenv://runs/p/d/r/a0/inputs"]) {
      const error = await failure(runService.createRun({ id: inProject, task: byId, inputWrapper: offloaded(uri) }));
      expect(error.code).toBe(Code.NotFound);
    }
    const foreign = runService.createRun({ id: inProject, task: byId, inputWrapper: offloaded("s3://bucket/x") });
    expect((await failure(foreign)).code).toBe(Code.InvalidArgument);
  });

  test("takes from newer clients the run that it is made from", async () => {
    const { runService, engine } = await startTaskApi();
    for (const relationType of [RelationType.RERUN, RelationType.RECOVER, RelationType.SPAWN]) {
      const runSpec = { relation: { relatedTo: { name: "r9" }, relationType } };
      await runService.createRun({
        id: inProject,
        task: byId,
        inputWrapper: { case: "inputs", value: inputs(1) },
        runSpec,
      });
    }
    expect(engine.requests.map(({ rerunOf, recover }) => [rerunOf, recover])).toEqual([
      ["r9", undefined],
      ["r9", "r9"],
      [undefined, undefined],
    ]);
    const recover = { forceRerunActions: ["a3"] };
    const forced = runService.createRun({ id: inProject, task: byId, runSpec: { recover } });
    expect((await failure(forced)).code).toBe(Code.InvalidArgument);
    const relation = { relatedTo: { name: "r9" }, relationType: RelationType.RECOVER };
    const inputWrapper = { case: "inputs", value: inputs(1) } as const;
    await runService.createRun({ id: inProject, task: byId, inputWrapper, runSpec: { recover, relation } });
    expect(engine.requests.at(-1)).toMatchObject({ recover: "r9", rerunFrom: { actions: ["a3"] } });
  });

  test("makes one run of two calls with one key", async () => {
    const { runService } = await startTaskApi();
    const request = { id: inProject, task: byId, inputWrapper: { case: "inputs", value: inputs(1) } } as const;
    const headers = { "Idempotency-Key": "k1" };
    const one = await runService.createRun(request, { headers });
    const other = await runService.createRun(request, { headers });
    expect(other.run?.action?.id).toEqual(one.run?.action?.id);
  });

  test("refuses wrong requests with Flyte's codes", async () => {
    const { runService, start } = await startTaskApi();
    await start("taken");
    const value = inputs(1);
    const wrong = async (request: Parameters<typeof runService.createRun>[0]) =>
      (
        await failure(
          runService.createRun({ id: inProject, task: byId, inputWrapper: { case: "inputs", value }, ...request }),
        )
      ).code;
    expect(await wrong(named("taken"))).toBe(Code.AlreadyExists);
    for (const name of ["Upper", "1st", "a-", "a".repeat(31), "a/b"])
      expect(await wrong(named(name))).toBe(Code.InvalidArgument);
    expect(await wrong({ id: { case: undefined } })).toBe(Code.InvalidArgument);
    expect(await wrong({ task: { case: undefined } })).toBe(Code.InvalidArgument);
    expect(await wrong({ inputWrapper: { case: undefined } })).toBe(Code.InvalidArgument);
    expect(await wrong(otherTask({ name: "no.task" }))).toBe(Code.NotFound);
    expect(await wrong(otherTask({ version: "v9" }))).toBe(Code.NotFound);
    const spec = toTaskSpec(taskId(), {
      ...taskDefinition(),
      launch: {
        kind: "bundle",
        uri: `appenv://bundles/${"1".repeat(32)}.js`,
        environment: "tasks",
        workdir: "/",
        preload: [],
      },
    });
    const error = await failure(runService.createRun({ id: inProject, task: { case: "taskSpec", value: spec } }));
    expect(error.metadata.get(errorCodeHeader)).toBe("LOAD_FAILED");
  });
});

describe("reading", () => {
  test("tells of a run and an action in full", async () => {
    const { runService, engine, start } = await startTaskApi();
    const id = await start("r1");
    const at = new Date("2030-01-01T00:00:00Z");
    const error = {
      kind: "USER",
      code: "TypeError",
      message: "x is not y",
      stack: "at secret.ts:1",
      retryable: true,
    } as const;
    const attempt = {
      attempt: 1,
      phase: "FAILED",
      queuedAt: at,
      startedAt: at,
      endedAt: new Date(+at + 1500),
      error,
    } as const;
    engine.change(id, {
      phase: "FAILED",
      startedAt: at,
      endedAt: new Date(+at + 1500),
      error,
      attempts: [attempt],
      hasReport: true,
    });
    const { details } = await runService.getRunDetails({ runId: toRunIdentifier(id) });
    expect(details?.action).toMatchObject({
      status: { phase: ActionPhaseNumber.FAILED, attempts: 1, durationMs: 1500n },
      result: { case: "errorInfo", value: { message: "TypeError: x is not y" } },
      spec: { case: "task", value: { taskTemplate: { id: { name: "add-one.add_one" } } } },
      attempts: [{ attempt: 1, logsAvailable: true, phaseTransitions: [{}, {}, { phase: ActionPhaseNumber.FAILED }] }],
    });
    expect(details?.action?.attempts[0]?.outputs?.reportUri).not.toBe("");
    expect(
      JSON.stringify(details, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)),
    ).not.toContain("secret.ts");
    const context = await runService.getActionLogContext({ actionId: toActionIdentifier(id), attempt: 1 });
    expect(context.logContext?.primaryPodName).toBe("r1-a0-1");
    const missing = [
      () => runService.getRunDetails({ runId: toRunIdentifier({ ...id, run: "r2" }) }),
      () => runService.getActionDetails({ actionId: toActionIdentifier({ ...id, action: "a1" }) }),
      () => runService.getActionData({ actionId: toActionIdentifier({ ...id, action: "a1" }) }),
      () => runService.getActionLogContext({ actionId: toActionIdentifier(id), attempt: 2 }),
      () => runService.abortRun({ runId: toRunIdentifier({ ...id, run: "r2" }) }),
    ];
    for (const call of missing) expect((await failure(call())).code).toBe(Code.NotFound);
    expect((await failure(runService.getRunDetails({}))).code).toBe(Code.InvalidArgument);
  });

  test("shows the question of a condition as its inputs", async () => {
    const { runService, engine, start } = await startTaskApi();
    await start("r1");
    const condition = {
      name: "ok",
      prompt: "Ship it?",
      markdown: false,
      type: "boolean",
      description: undefined,
      timeoutMs: undefined,
    } as const;
    engine.add(action("r1", "c1"), { kind: "condition", name: "ok", phase: "PAUSED", condition });
    const { inputs: asked } = await runService.getActionData({ actionId: toActionIdentifier(action("r1", "c1")) });
    expect(asked?.literals.map(({ name }) => name)).toEqual(["prompt", "type", "description"]);
  });

  test("aborts runs and actions", async () => {
    const { runService, engine, start } = await startTaskApi();
    const id = await start("r1");
    engine.add(action("r1", "b1"));
    await runService.abortAction({ actionId: toActionIdentifier(action("r1", "b1")), reason: "too slow" });
    await runService.abortRun({ runId: toRunIdentifier(id) });
    expect(engine.aborted.map(({ id: { action: name }, reason }) => [name, reason])).toEqual([
      ["b1", "too slow"],
      ["a0", "User requested abort"],
    ]);
    const { details } = await runService.getActionDetails({ actionId: toActionIdentifier(action("r1", "b1")) });
    expect(details?.result).toMatchObject({ case: "abortInfo", value: { reason: "too slow" } });
  });

  test("the same services answer gRPC", async () => {
    const api = await startTaskApi();
    await api.start("r1");
    const grpc = createClient(RunService, createGrpcTransport({ baseUrl: api.endpoint }));
    const { runs } = await grpc.listRuns({ scopeBy: inProject });
    expect(runs).toHaveLength(1);
  });
});
