import { create, toBinary } from "@bufbuild/protobuf";
import { Code, createClient } from "@connectrpc/connect";
import { errorCodeHeader } from "@appenv/protocol";
import {
  DeployTaskRequestSchema,
  encodeInputs,
  Filter_Function,
  Sort_Direction,
  TaskDeploymentService,
  toTaskIdentifier,
  toTaskSpec,
  toTaskTrigger,
  type OffloadedInputData,
  type TaskTrigger,
  type TriggerDefinition,
} from "@appenv/protocol/tasks";
import { expect, test } from "vitest";
import { taskDefinition, taskId } from "../support/fake-tasks.ts";
import { failure, inputs, projectId, startTaskApi, type TaskApiFixture } from "../support/task-api.ts";

const scopeBy = { case: "projectId", value: projectId } as const;

function deploy(api: TaskApiFixture, name: string, version = "v1") {
  const id = taskId({ name, version });
  return api.taskService.deployTask({ taskId: toTaskIdentifier(id), spec: toTaskSpec(id, taskDefinition()) });
}

function named(name: string, by = Filter_Function.EQUAL) {
  return [{ field: "name", function: by, values: [name] }];
}

const hourly: TriggerDefinition = {
  name: "hourly",
  automation: { kind: "cron", expression: "0 * * * *", timeZone: "UTC" },
  active: true,
  description: "",
  inputs: encodeInputs(taskDefinition().interface, { x: 1 }),
  kickoffTimeInput: undefined,
  run: { labels: {}, annotations: {}, envVars: {}, overwriteCache: false },
};

test("a task is deployed with its triggers, and its details are complete; without a version the newest is meant", async () => {
  const api = await startTaskApi();
  const trigger = toTaskTrigger(hourly);
  const id = taskId({ version: "v2" });
  const spec = toTaskSpec(id, taskDefinition());
  await api.taskService.deployTask({ taskId: toTaskIdentifier(id), spec, triggers: [trigger] });
  const { details } = await api.taskService.getTaskDetails({ taskId: { ...toTaskIdentifier(id), version: "" } });
  expect(details?.taskId?.version).toBe("v2");
  expect(details?.spec).toEqual(spec);
  expect(details?.metadata).toMatchObject({
    shortName: "add_one",
    environmentName: "add-one",
    triggersSummary: { summary: { case: "details", value: { name: "hourly", active: true } } },
  });
  const old = await api.taskService.getTaskDetails({ taskId: toTaskIdentifier(taskId()) });
  expect(old.details?.taskId?.version).toBe("v1");
  const { versions } = await api.taskService.listVersions({
    taskName: { ...projectId, project: "flytesnacks", name: id.name },
  });
  expect(versions.map(({ version }) => version)).toEqual(["v2", "v1"]);
});

test("inputs of triggers may have been uploaded before, as Flyte's Python client does", async () => {
  const api = await startTaskApi();
  const { offloadedInputData } = await api.dataService.uploadInputs({
    id: { case: "projectId", value: projectId },
    task: { case: "taskId", value: toTaskIdentifier(taskId()) },
    inputs: inputs(7),
  });
  const { automationSpec } = toTaskTrigger(hourly);
  const uploaded = { case: "offloadedInputData", value: offloadedInputData as OffloadedInputData } as const;
  const id = taskId({ version: "v2" });
  const trigger = { name: "with-task", spec: { active: true, inputWrapper: uploaded }, automationSpec };
  const spec = toTaskSpec(id, taskDefinition());
  await api.taskService.deployTask({ taskId: toTaskIdentifier(id), spec, triggers: [trigger as TaskTrigger] });
  const name = { project: "flytesnacks", domain: "development", taskName: id.name };
  await api.triggerService.deployTrigger({
    name: { ...name, name: "alone" },
    spec: { active: true, inputWrapper: uploaded },
    automationSpec,
  });
  for (const each of ["with-task", "alone"]) {
    const details = await api.triggerService.getTriggerDetails({ name: { ...name, name: each } });
    expect(details.trigger?.spec?.inputWrapper).toEqual({ case: "inputs", value: inputs(7) });
  }
  const gone = { case: "offloadedInputData", value: { uri: `appenv://inputs/${"0".repeat(64)}` } } as const;
  const late = api.triggerService.deployTrigger({
    name: { ...name, name: "alone" },
    spec: { inputWrapper: gone },
    automationSpec,
  });
  expect((await failure(late)).code).toBe(Code.NotFound);
});

test("tasks of containers are deployed, also of other SDKs; those without a program are refused", async () => {
  const api = await startTaskApi();
  const id = taskId({ name: "py.add" });
  const python = toTaskSpec(id, taskDefinition());
  const { taskTemplate } = python;
  if (taskTemplate?.target.case !== "container") throw new Error("no container");
  taskTemplate.target.value.env = [];
  taskTemplate.target.value.args = ["a0", "--inputs", "{{.input}}"];
  taskTemplate.type = "python";
  await api.taskService.deployTask({ taskId: toTaskIdentifier(id), spec: python });
  const [definition] = api.registry.tasks
    .filter(({ id: { name } }) => name === "py.add")
    .map((task) => task.definition);
  expect(definition?.launch).toMatchObject({ kind: "image", args: ["a0", "--inputs", "{{.input}}"] });

  taskTemplate.target = { case: undefined };
  taskTemplate.type = "sql";
  const other = toTaskIdentifier(taskId({ name: "py.query" }));
  const error = await failure(api.taskService.deployTask({ taskId: other, spec: python }));
  const why = expect.stringContaining("'py.query' has none, its type is 'sql'");
  expect([error.code, error.rawMessage]).toEqual([Code.Unimplemented, why]);
  expect(api.registry.tasks.map((task) => task.id.name)).toEqual(["add-one.add_one", "py.add"]);
});

test("a wrong task is refused, and nothing is stored", async () => {
  const api = await startTaskApi();
  const spec = toTaskSpec(taskId(), taskDefinition());
  const code = async (request: Parameters<typeof api.taskService.deployTask>[0]) =>
    (await failure(api.taskService.deployTask(request))).code;
  const other = toTaskIdentifier(taskId({ name: "a.b" }));
  expect(await code({ spec })).toBe(Code.InvalidArgument);
  expect(await code({ taskId: other })).toBe(Code.InvalidArgument);
  expect(await code({ taskId: { ...other, version: "" }, spec })).toBe(Code.InvalidArgument);
  const trigger = toTaskTrigger({
    name: "never",
    automation: { kind: "cron", expression: "x y z", timeZone: "UTC" },
    active: true,
    description: "",
    inputs: new Uint8Array(),
    kickoffTimeInput: undefined,
    run: { labels: {}, annotations: {}, envVars: {}, overwriteCache: false },
  });
  expect(await code({ taskId: other, spec, triggers: [trigger] })).toBe(Code.InvalidArgument);
  const launch = {
    kind: "bundle",
    uri: "appenv://bundles/none",
    environment: "tasks",
    workdir: "/",
    preload: [],
  } as const;
  const gone = toTaskSpec(taskId(), taskDefinition({ launch }));
  const error = await failure(api.taskService.deployTask({ taskId: other, spec: gone }));
  expect(error.metadata.get(errorCodeHeader)).toBe("LOAD_FAILED");
  expect(api.registry.tasks).toHaveLength(1);
  expect((await failure(api.taskService.getTaskDetails({ taskId: other }))).code).toBe(Code.NotFound);
});

/** A task with a trigger, as it is deployed. */
function message(name: string, expression: string): Uint8Array {
  const id = taskId({ name });
  const trigger = toTaskTrigger({
    name: "often",
    automation: { kind: "cron", expression, timeZone: "UTC" },
    active: true,
    description: "",
    inputs: new Uint8Array(),
    kickoffTimeInput: undefined,
    run: { labels: {}, annotations: {}, envVars: {}, overwriteCache: false },
  });
  const spec = toTaskSpec(id, taskDefinition());
  const request = create(DeployTaskRequestSchema, { taskId: toTaskIdentifier(id), spec, triggers: [trigger] });
  return toBinary(DeployTaskRequestSchema, request);
}

test("tasks that are deployed together are all refused if one of them is", async () => {
  const api = await startTaskApi();
  const deployments = createClient(TaskDeploymentService, api.transport);
  const wrong = [message("a.first", "0 1 * * *"), message("a.never", "5/15 * * * *")];
  const error = await failure(deployments.deployTasks({ tasks: wrong }));
  expect(error.code).toBe(Code.InvalidArgument);
  expect(error.rawMessage).toMatch(/trigger 'often'.*the minute of cron .*write "5-59\/15"/);
  expect((await failure(deployments.deployTasks({ tasks: [new Uint8Array([7])] }))).code).toBe(Code.InvalidArgument);
  expect(api.registry.tasks).toHaveLength(1);
  await deployments.deployTasks({ tasks: [message("a.first", "0 1 * * *"), message("a.never", "5 * * * *")] });
  expect(api.registry.tasks.map(({ id }) => id.name)).toEqual(["add-one.add_one", "a.first", "a.never"]);
});

test("lists have the newest version of each task, by name, in both directions and page by page", async () => {
  const api = await startTaskApi();
  for (const name of ["b.one", "b.two", "c.three"]) await deploy(api, name);
  await deploy(api, "b.one", "v2");
  await api.start("r1");
  const names = async (request: Parameters<typeof api.taskService.listTasks>[0]) =>
    (await api.taskService.listTasks({ scopeBy, ...request })).tasks.map(
      ({ taskId: id }) => `${id?.name} ${id?.version}`,
    );
  expect(await names({})).toEqual(["b.one v2", "c.three v1", "b.two v1", "add-one.add_one v1"]);
  expect(await names({ request: { filters: named("b.one") } })).toEqual(["b.one v2"]);
  expect(await names({ request: { filters: named("b.", Filter_Function.CONTAINS) } })).toEqual([
    "b.one v2",
    "b.two v1",
  ]);
  const sortBy = { key: "created_at", direction: Sort_Direction.ASCENDING };
  expect(await names({ request: { sortBy, limit: 2 } })).toEqual(["add-one.add_one v1", "b.two v1"]);
  expect(await names({ knownFilters: [{ filterBy: { case: "deployedBy", value: "somebody else" } }] })).toEqual([]);
  expect(await names({ scopeBy: { case: "projectId", value: { ...projectId, name: "other" } } })).toEqual([]);
  const first = await api.taskService.listTasks({ scopeBy, request: { limit: 3 } });
  expect(first.metadata).toMatchObject({ total: 4, filteredTotal: 4 });
  const second = await api.taskService.listTasks({ scopeBy, request: { limit: 3, token: first.token } });
  expect(second.tasks.map(({ taskSummary }) => taskSummary?.latestRun?.runId?.name)).toEqual(["r1"]);
  expect(second.token).toBe("");
});
