import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient, type Client } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import type { ValueType } from "@appenv/core/internal";
import {
  ActionPhaseNumber,
  ActionsService,
  ArtifactType,
  DataProxyService,
  encodeInputs,
  fromLiteral,
  InputsSchema,
  RunService,
  TaskService,
  toActionIdentifier,
  toLiteral,
  toRunIdentifier,
  toTaskIdentifier,
  toTaskSpec,
} from "@appenv/protocol/tasks";
import { fromBinary } from "@bufbuild/protobuf";
import { expect, onTestFinished, test } from "vitest";
import { startPlatform, type Platform } from "../../src/index.ts";
import { send } from "../support/api.ts";
import { taskDefinition, taskId } from "../support/fake-tasks.ts";
import { action, projectId, taking } from "../support/task-api.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const bundle = `export * from ${JSON.stringify(import.meta.resolve("../support/durable-tasks.ts"))};`;

interface Clients {
  readonly tasks: Client<typeof TaskService>;
  readonly runs: Client<typeof RunService>;
  readonly data: Client<typeof DataProxyService>;
  readonly actions: Client<typeof ActionsService>;
}

async function start(home: string): Promise<{ platform: Platform; clients: Clients }> {
  const platform = await startPlatform({ home, port: 0 });
  onTestFinished(() => platform.close());
  const transport = createConnectTransport({ baseUrl: platform.endpoint, httpVersion: "1.1" });
  const clients = {
    tasks: createClient(TaskService, transport),
    runs: createClient(RunService, transport),
    data: createClient(DataProxyService, transport),
    actions: createClient(ActionsService, transport),
  };
  return { platform, clients };
}

async function deploy(home: string, { tasks }: Clients, taskName: string): Promise<void> {
  const file = `${"a".repeat(32)}.mjs`;
  writeFileSync(join(home, "bundles", file), bundle);
  const definition = taskDefinition({
    taskName,
    launch: { kind: "bundle", uri: `appenv://bundles/${file}`, environment: "add-one", workdir: home, preload: [] },
  });
  const id = taskId({ name: `add-one.${taskName}` });
  await tasks.deployTask({ taskId: toTaskIdentifier(id), spec: toTaskSpec(id, definition) });
}

function run({ runs }: Clients, name: string, taskName: string, x: number) {
  return runs.createRun({
    id: { case: "runId", value: { ...projectId, project: "flytesnacks", name } },
    task: { case: "taskId", value: { ...toTaskIdentifier(taskId({ name: `add-one.${taskName}` })), version: "" } },
    inputWrapper: {
      case: "inputs",
      value: fromBinary(InputsSchema, encodeInputs(taskDefinition().interface, { x })),
    },
  });
}

async function output({ data }: Clients, name: string, type: ValueType = { kind: "integer" }): Promise<unknown> {
  const { outputs } = await data.getActionData({ actionId: toActionIdentifier(action(name)) });
  const literal = outputs?.literals[0]?.value;
  return literal && fromLiteral(type, literal);
}

async function ended({ runs }: Clients, name: string): Promise<ActionPhaseNumber | undefined> {
  let phase: ActionPhaseNumber | undefined;
  for await (const { details } of runs.watchActionDetails({ actionId: toActionIdentifier(action(name)) })) {
    phase = details?.status?.phase;
  }
  return phase;
}

test("a task of a bundle runs and gives its outputs and its log", async () => {
  const home = join(tempDirectory(), ".appenv");
  const { clients } = await start(home);
  await deploy(home, clients, "add_one");
  await run(clients, "first", "add_one", 41);
  expect(await ended(clients, "first")).toBe(ActionPhaseNumber.SUCCEEDED);
  expect(await output(clients, "first")).toBe(42);
  const lines: string[] = [];
  for await (const { logs } of clients.data.tailLogs({ actionId: toActionIdentifier(action("first")), attempt: 1 })) {
    lines.push(...logs.flatMap((part) => part.lines.map(({ message }) => message)));
  }
  expect(lines.join("\n")).toContain("adding to 41");
});

test("a tree of actions is watched and signalled, also across a restart of the platform", async () => {
  const home = join(tempDirectory(), ".appenv");
  const first = await start(home);
  await deploy(home, first.clients, "add_one");
  await deploy(home, first.clients, "tree");
  await run(first.clients, "tree", "tree", 10);
  const runId = toRunIdentifier(action("tree"));
  const watch = taking((signal) => first.clients.runs.watchActions({ runId }, { signal }));
  const phases = new Map<string, number>();
  let waiting = "";
  while (waiting === "") {
    for (const { action: one } of (await watch.next()).enrichedActions) {
      phases.set(one?.id?.name ?? "", one?.status?.phase ?? 0);
      if (one?.metadata?.spec.case === "condition" && one.status?.phase === ActionPhaseNumber.PAUSED) {
        waiting = one.id?.name ?? "";
      }
    }
  }
  expect([...phases.values()].filter((phase) => phase === ActionPhaseNumber.SUCCEEDED)).toHaveLength(3);
  await first.platform.close();
  const { clients } = await start(home);
  await clients.actions.signal({
    actionId: toActionIdentifier(action("tree", waiting)),
    value: toLiteral({ kind: "boolean" }, true),
  });
  expect(await ended(clients, "tree")).toBe(ActionPhaseNumber.SUCCEEDED);
  expect(await output(clients, "tree")).toBe(11 + 21 + 31 + 100);
  const { actions } = await clients.runs.listActions({ runId });
  expect(actions).toHaveLength(5);
  const { preSignedUrls } = await clients.data.createDownloadLink({
    artifactType: ArtifactType.REPORT,
    source: { case: "actionAttemptId", value: { actionId: toActionIdentifier(action("tree", "a0")), attempt: 1 } },
  });
  expect((await send(preSignedUrls?.signedUrl[0] ?? "")).body).toContain("<h1>Sums</h1>");
});

test("a run is aborted, and its waiting caller hears of it", async () => {
  const home = join(tempDirectory(), ".appenv");
  const { clients } = await start(home);
  await deploy(home, clients, "add_one");
  await deploy(home, clients, "tree");
  await run(clients, "tree", "tree", 1);
  const end = ended(clients, "tree");
  await clients.runs.abortRun({ runId: toRunIdentifier(action("tree")), reason: "not needed" });
  expect(await end).toBe(ActionPhaseNumber.ABORTED);
  const { details } = await clients.runs.getRunDetails({ runId: toRunIdentifier(action("tree")) });
  expect(details?.action?.result).toMatchObject({ case: "abortInfo", value: { reason: "not needed" } });
});

test("a bundle that a task needs outlives restarts, and one that nothing needs does not", async () => {
  const home = join(tempDirectory(), ".appenv");
  const { platform, clients } = await start(home);
  await deploy(home, clients, "add_one");
  const bundles = join(home, "bundles");
  writeFileSync(join(bundles, `${"b".repeat(32)}.mjs`), "");
  await platform.close();
  for (const name of readdirSync(bundles)) utimesSync(join(bundles, name), 1, 1);
  await start(home);
  await expect.poll(() => readdirSync(bundles)).toEqual([`${"a".repeat(32)}.mjs`]);
});
