import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Code } from "@connectrpc/connect";
import { create, fromBinary } from "@bufbuild/protobuf";
import {
  ActionPhaseNumber,
  EnqueuedActionSchema,
  fromLiteral,
  LiteralSchema,
  ProjectState,
  toActionIdentifier,
  toLiteral,
  toTaskSpec,
} from "@appenv/protocol/tasks";
import { describe, expect, test } from "vitest";
import { send } from "../support/api.ts";
import { appId, definition } from "../support/app.ts";
import { taskDefinition, taskId } from "../support/fake-tasks.ts";
import { action, failure, startTaskApi, taking } from "../support/task-api.ts";

describe("ActionsService", () => {
  test("sends the children as they are, a sentinel, then changes", async () => {
    const { actionsService, engine, start } = await startTaskApi();
    const id = await start("r1");
    engine.add(action("r1", "b1"));
    engine.add(action("r1", "c1"), { parent: "b1" });
    const filter = { case: "parentActionId", value: toActionIdentifier(id) } as const;
    const stream = taking((signal) => actionsService.watchForUpdates({ filter }, { signal }));
    expect((await stream.next()).message).toMatchObject({ case: "actionUpdate", value: { actionId: { name: "b1" } } });
    expect((await stream.next()).message).toMatchObject({ case: "controlMessage", value: { sentinel: true } });
    engine.change(action("r1", "c1"), { phase: "RUNNING" });
    const error = { kind: "USER", code: "E", message: "no", stack: "secret", retryable: false } as const;
    engine.change(action("r1", "b1"), { phase: "FAILED", error });
    const { message } = await stream.next();
    expect(message).toMatchObject({
      case: "actionUpdate",
      value: { phase: ActionPhaseNumber.FAILED, error: { code: "E", message: "no" } },
    });
    stream.end();
  });

  test("signals a condition once, and aborts", async () => {
    const { actionsService, engine, start } = await startTaskApi();
    await start("r1");
    engine.add(action("r1", "c1"), { kind: "condition", phase: "PAUSED" });
    const actionId = toActionIdentifier(action("r1", "c1"));
    const value = toLiteral({ kind: "boolean" }, true);
    await actionsService.signal({ actionId, value });
    expect(fromBinary(LiteralSchema, engine.signals[0]?.value ?? new Uint8Array())).toEqual(value);
    expect((await failure(actionsService.signal({ actionId, value }))).code).toBe(Code.FailedPrecondition);
    expect((await failure(actionsService.signal({ actionId }))).code).toBe(Code.InvalidArgument);
    await actionsService.abort({ actionId: toActionIdentifier(action("r1")), reason: "enough" });
    expect(engine.aborted).toMatchObject([{ reason: "enough" }]);
  });

  test("signals a condition as Flyte's Python client does", async () => {
    const { engine, endpoint, start } = await startTaskApi();
    await start("r1");
    engine.add(action("r1", "c1"), { kind: "condition", phase: "PAUSED" });
    const call = (payload: object) =>
      send(`${endpoint}/flyteidl2.workflow.RunService/SignalEvent`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          actionId: { run: { project: "flytesnacks", domain: "development", name: "r1" }, name: "c1" },
          payload,
        }),
      });
    expect((await call({})).status).toBe(400);
    expect((await call({ intValue: "7" })).status).toBe(200);
    const sent = fromBinary(LiteralSchema, engine.signals[0]?.value ?? new Uint8Array());
    expect(fromLiteral({ kind: "integer" }, sent)).toBe(7);
  });

  test("takes actions for programs, whose values are files of their run, and nothing else", async () => {
    const { actionsService, engine, home } = await startTaskApi();
    const run = { project: "flytesnacks", domain: "development", name: "r1" };
    const base = join(home, "run-files/flytesnacks/development/r1");
    mkdirSync(join(base, "c1"), { recursive: true });
    writeFileSync(join(base, "c1/inputs.pb"), "in");
    const enqueue = (inputUri: string, name = "c1", parentActionName = "a0") => {
      const spec = { case: "task", value: { spec: toTaskSpec(taskId(), taskDefinition()) } } as const;
      const fields = { actionId: { run, name }, parentActionName, inputUri, runOutputBase: base, spec };
      return actionsService.enqueue({ action: create(EnqueuedActionSchema, fields) });
    };
    await enqueue(join(base, "c1/inputs.pb"));
    const parent = { project: "flytesnacks", domain: "development", run: "r1", action: "a0" };
    const asked = { kind: "task", name: "c1", inputs: Buffer.from("in"), task: { id: taskId() } };
    expect(engine.enqueued).toMatchObject([{ parent, asked }]);
    const refusals = [
      enqueue("/etc/hostname"),
      enqueue(`${base}/../other/inputs.pb`),
      enqueue(join(base, "none/inputs.pb")),
      enqueue(join(base, "c1/inputs.pb"), "../c1"),
      enqueue(join(base, "c1/inputs.pb"), "c1", ""),
      actionsService.enqueue({}),
    ];
    const codes = await Promise.all(refusals.map(async (refusal) => (await failure(refusal)).code));
    expect(codes).toEqual(refusals.map(() => Code.InvalidArgument));
    expect(engine.enqueued).toHaveLength(1);
    expect((await failure(actionsService.update({}))).code).toBe(Code.Unimplemented);
  });
});

describe("ProjectService", () => {
  test("knows the first project, used ones and created ones", async () => {
    const { projectService, controller } = await startTaskApi();
    await controller.apply(appId("one", "used"), definition());
    await projectService.createProject({ project: { id: "made", name: "Made", description: "By hand" } });
    const ids = async () => (await projectService.listProjects({})).projects?.projects.map(({ id }) => id);
    expect(await ids()).toEqual(["flytesnacks", "made", "used"]);
    const { project } = await projectService.getProject({ id: "made" });
    expect(project).toMatchObject({ name: "Made", description: "By hand", state: ProjectState.ACTIVE });
    expect(project?.domains.map(({ id }) => id)).toEqual(["development", "staging", "production"]);
    await projectService.updateProject({ project: { id: "made", name: "Other", state: ProjectState.ARCHIVED } });
    expect(await ids()).toEqual(["flytesnacks", "used"]);
    expect((await projectService.getProject({ id: "made" })).project?.name).toBe("Other");
    const page = await projectService.listProjects({ limit: 1 });
    const next = await projectService.listProjects({ limit: 1, token: page.projects?.token ?? "" });
    expect(next.projects?.projects.map(({ id }) => id)).toEqual((await ids())?.slice(1, 2));
    const again = projectService.createProject({ project: { id: "made" } });
    expect((await failure(again)).code).toBe(Code.AlreadyExists);
    expect((await failure(projectService.getProject({ id: "none" }))).code).toBe(Code.NotFound);
    expect((await failure(projectService.updateProject({ project: { id: "none" } }))).code).toBe(Code.NotFound);
    expect((await failure(projectService.createProject({ project: { id: "A b" } }))).code).toBe(Code.InvalidArgument);
  });
});

test("IdentityService names the user who runs the platform", async () => {
  const { identityService } = await startTaskApi();
  const { subject, name } = await identityService.userInfo({});
  expect(subject).toMatch(/\S/);
  expect(name).toBe(subject);
});
