import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AppEnvError, type RunOptions } from "@appenv/core";
import { type TaskInterface } from "@appenv/core/internal";
import {
  CreateRunRequestSchema,
  encodeInputs,
  InputsSchema,
  RunSchema,
  RunSource,
  toTaskIdentifier,
  type CreateRunRequest,
  type RunMessage,
} from "@appenv/protocol/tasks";
import type { TaskId } from "@appenv/protocol";
import type { ControlPlane } from "../control-plane/connect.ts";
import { absolutePaths } from "./absolute-paths.ts";
import { taskApi } from "./api.ts";
import { Run } from "./run.ts";
import { runStream } from "./streams.ts";

/** What a run is made of. */
export interface NewRun {
  readonly task: TaskId;
  readonly interface: TaskInterface;
  /** `task.Inputs`, as bytes. */
  readonly inputs: Uint8Array;
  readonly options: Omit<RunOptions, "endpoint" | "local" | "project" | "domain">;
}

/** Inputs as they are given to `run`, checked. @throws AppEnvError INVALID_INPUT naming the input. */
export function readInputs(type: TaskInterface, inputs: unknown): Uint8Array {
  if (inputs === undefined || inputs === null) return encodeInputs(type, {});
  if (typeof inputs !== "object" || Array.isArray(inputs)) {
    throw new AppEnvError("INVALID_INPUT", "The inputs are not an object with the task's inputs by their names.");
  }
  return encodeInputs(type, absolutePaths(inputs) as Record<string, unknown>);
}

/** Asks the control plane for a run. When this resolves it is accepted. */
export async function startRun(controlPlane: ControlPlane, { task, inputs, options, ...rest }: NewRun): Promise<Run> {
  const { project, domain } = task;
  const { name, idempotencyKey } = options;
  const request = create(CreateRunRequestSchema, {
    id:
      name === undefined
        ? { case: "projectId", value: { name: project, domain } }
        : { case: "runId", value: { project, domain, name } },
    task: { case: "taskId", value: toTaskIdentifier(task) },
    inputWrapper: { case: "inputs", value: fromBinary(InputsSchema, inputs) },
    runSpec: runSpec(options),
    source: RunSource.CLI,
  });
  const run = await send(controlPlane, request, idempotencyKey ?? "");
  if (run?.action !== undefined) {
    return new Run(controlPlane, run.action, { interface: rest.interface, labels: { ...options.labels } });
  }
  throw new AppEnvError("CONTROL_PLANE", `${controlPlane.endpoint} did not answer with the run.`);
}

async function send(
  controlPlane: ControlPlane,
  request: CreateRunRequest,
  key: string,
): Promise<RunMessage | undefined> {
  const stream = await runStream(controlPlane);
  if (stream !== undefined) {
    const { run } = await stream.start(toBinary(CreateRunRequestSchema, request), key);
    return fromBinary(RunSchema, run);
  }
  const headers = key === "" ? {} : { "Idempotency-Key": key };
  return (await taskApi(controlPlane).runs.createRun(request, { headers })).run;
}

function runSpec({ labels = {}, annotations = {}, envVars = {}, overwriteCache = false }: NewRun["options"]) {
  const values = Object.entries(envVars).map(([key, value]) => ({ key, value }));
  return {
    labels: { values: { ...labels } },
    annotations: { values: { ...annotations } },
    envs: { values },
    overwriteCache,
  };
}
