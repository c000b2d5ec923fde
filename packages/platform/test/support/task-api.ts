import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { ConnectError, createClient, type Client } from "@connectrpc/connect";
import type { ActionId } from "@appenv/protocol";
import {
  ActionsService,
  DataProxyService,
  encodeInputs,
  IdentityService,
  InputsSchema,
  ProjectService,
  RunService,
  TaskService,
  toTaskIdentifier,
  toTaskSpec,
  TranslatorService,
  TriggerService,
  type Inputs,
} from "@appenv/protocol/tasks";
import { startApi, type ApiFixture } from "./api.ts";
import { taskDefinition, taskId } from "./fake-tasks.ts";

/** The platform's API over tasks and runs that only stand as a test says. */
export interface TaskApiFixture extends ApiFixture {
  readonly runService: Client<typeof RunService>;
  readonly taskService: Client<typeof TaskService>;
  readonly dataService: Client<typeof DataProxyService>;
  readonly actionsService: Client<typeof ActionsService>;
  readonly projectService: Client<typeof ProjectService>;
  readonly identityService: Client<typeof IdentityService>;
  readonly translator: Client<typeof TranslatorService>;
  readonly triggerService: Client<typeof TriggerService>;
  /** Starts a run of the task that adds one. */
  readonly start: (name: string) => Promise<ActionId>;
}

export const projectId = { name: "flytesnacks", domain: "development" };

/** An action of a run in the usual place. */
export function action(run: string, name = "a0"): ActionId {
  return { project: "flytesnacks", domain: "development", run, action: name };
}

/** `{ x }` as the task that adds one takes it. */
export function inputs(x: number): Inputs {
  return fromBinary(InputsSchema, encodeInputs(taskDefinition().interface, { x }));
}

/** Starts the API, with the task that adds one and its bundle. */
export async function startTaskApi(host?: string): Promise<TaskApiFixture> {
  const api = await startApi(host);
  const client = {
    runService: createClient(RunService, api.transport),
    taskService: createClient(TaskService, api.transport),
    dataService: createClient(DataProxyService, api.transport),
    actionsService: createClient(ActionsService, api.transport),
    projectService: createClient(ProjectService, api.transport),
    identityService: createClient(IdentityService, api.transport),
    translator: createClient(TranslatorService, api.transport),
    triggerService: createClient(TriggerService, api.transport),
  };
  writeFileSync(join(api.bundles.directory, `${"0".repeat(32)}.js`), "export const tasks = {};");
  await client.taskService.deployTask({
    taskId: toTaskIdentifier(taskId()),
    spec: toTaskSpec(taskId(), taskDefinition()),
  });
  const start = async (name: string): Promise<ActionId> => {
    await client.runService.createRun({
      id: { case: "runId", value: { project: "flytesnacks", domain: "development", name } },
      task: { case: "taskId", value: toTaskIdentifier(taskId()) },
      inputWrapper: { case: "inputs", value: inputs(1) },
    });
    return action(name);
  };
  return { ...api, ...client, start };
}

/** The error of a call that fails. */
export async function failure(promise: Promise<unknown>): Promise<ConnectError> {
  try {
    await promise;
  } catch (error) {
    return ConnectError.from(error);
  }
  throw new Error("it did not fail");
}

/** Takes one message of a stream after the other. */
export function taking<T>(stream: (signal: AbortSignal) => AsyncIterable<T>): {
  readonly next: () => Promise<T>;
  readonly isDone: () => Promise<boolean>;
  readonly end: () => void;
} {
  const ending = new AbortController();
  const iterator = stream(ending.signal)[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { value, done } = await iterator.next();
      if (done === true) throw new Error("the stream has ended");
      return value as T;
    },
    isDone: async () => (await iterator.next()).done === true,
    end: () => ending.abort(),
  };
}
