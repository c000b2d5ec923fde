import { createHash } from "node:crypto";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AppEnvError, type RunAllOptions, type TaskFunction } from "@appenv/core";
import { currentRunContext, inSpan, readTaskInput, runSpan, type TaskInterface } from "@appenv/core/internal";
import type { TaskId } from "@appenv/protocol";
import { CreateRunRequestSchema, RunSchema, RunSource, toTaskIdentifier } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { taskApi } from "./api.ts";
import { Run } from "./run.ts";
import { onDeployed } from "./run-task.ts";
import { checkSchedule } from "./schedule.ts";
import { counted, readInputs, runSpec, startRun } from "./start-run.ts";

/** The runs of a batch, before they are started. */
interface Batch {
  readonly inputs: readonly Uint8Array[];
  /** An idempotency key for each. */
  readonly keys: readonly string[] | undefined;
  /** True if the keys come from the place of the call in a run, and not from people. */
  readonly isKeyOfCode: boolean;
  readonly options: Omit<RunAllOptions, "idempotencyKey">;
}

/**
 * Starts a run of a task for each of some inputs. See `runAll` of `@appenv/core`.
 *
 * @throws AppEnvError INVALID_INPUT, INVALID_OPTION, and as `runTask`; then no run has started, but on a Flyte cluster.
 */
export async function runAllOf(
  task: TaskFunction,
  inputs: readonly unknown[],
  given: RunAllOptions,
): Promise<readonly Run[]> {
  const encoded = inputs.map((each) => readInputs(task.interface, each));
  for (const each of inputs) await readTaskInput(task, each);
  const { idempotencyKey: _, ...options } = given;
  const batch: Batch = { inputs: encoded, options, ...keysOf(task, encoded, given) };
  if (encoded.length === 0) return [];
  return onDeployed(task, options, (controlPlane, id, type) =>
    controlPlane.embedded
      ? startBatch(controlPlane, id, type, batch)
      : oneByOne(controlPlane, id, type, batch, task.settings.notify),
  );
}

/** @throws AppEnvError INVALID_OPTION. */
function keysOf(
  task: TaskFunction,
  inputs: readonly Uint8Array[],
  { idempotencyKey: given }: RunAllOptions,
): Pick<Batch, "keys" | "isKeyOfCode"> {
  if (typeof given === "object") {
    if (given.length === inputs.length) return { keys: given, isKeyOfCode: false };
    throw new AppEnvError("INVALID_OPTION", `There are ${given.length} idempotency keys for ${inputs.length} inputs.`, {
      fix: "Give one for each of the inputs, or one for the batch.",
    });
  }
  const own = given === undefined ? currentRunContext()?.runKey(`runAll ${task.fullName}`, hashOf(inputs)) : given;
  const isKeyOfCode = given === undefined;
  return { keys: own === undefined ? undefined : inputs.map((_, index) => `${own}/${index}`), isKeyOfCode };
}

function hashOf(inputs: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const each of inputs) hash.update(`${each.byteLength}:`).update(each);
  return hash.digest();
}

/** All runs of a batch are below one span. */
function startBatch(
  controlPlane: ControlPlane,
  task: TaskId,
  type: TaskInterface,
  batch: Batch,
): Promise<readonly Run[]> {
  return inSpan(
    () => runSpan(task),
    () => startTogether(controlPlane, task, type, batch),
  );
}

async function startTogether(
  controlPlane: ControlPlane,
  task: TaskId,
  type: TaskInterface,
  { inputs, keys, options }: Batch,
): Promise<readonly Run[]> {
  checkSchedule(controlPlane, options);
  const { project, domain } = task;
  const request = create(CreateRunRequestSchema, {
    id: { case: "projectId", value: { name: project, domain } },
    task: { case: "taskId", value: toTaskIdentifier(task) },
    runSpec: runSpec(controlPlane, options),
    source: RunSource.CLI,
  });
  const items = inputs.map((each, index) => ({ inputs: each, idempotencyKey: keys?.[index] ?? "" }));
  const bytes = toBinary(CreateRunRequestSchema, request);
  const { runs } = await counted(task.name, () =>
    taskApi(controlPlane).control.startRuns({ project, domain, request: bytes, items }),
  );
  return runs.map((each) => {
    const { action } = fromBinary(RunSchema, each);
    if (action === undefined) {
      throw new AppEnvError("CONTROL_PLANE", `${controlPlane.endpoint} did not answer with the runs.`);
    }
    const run = new Run(controlPlane, action, { interface: type, labels: { ...options.labels } });
    // A platform in this process stays up until the runs have ended, whether anybody waits for them or not.
    if (controlPlane.startedHere) run.wait({ throws: false }).catch(() => {});
    return run;
  });
}

/** On a Flyte cluster, which takes one run at a time. */
async function oneByOne(
  controlPlane: ControlPlane,
  task: TaskId,
  type: TaskInterface,
  { inputs, keys, isKeyOfCode, options }: Batch,
  defaultNotify: RunAllOptions["notify"],
): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const [index, each] of inputs.entries()) {
    const key = keys?.[index];
    const keyed = key === undefined ? options : { ...options, idempotencyKey: key, isKeyOfCode };
    runs.push(
      await startRun(controlPlane, {
        task,
        interface: type,
        inputs: each,
        options: keyed,
        ...(defaultNotify && { defaultNotify }),
      }),
    );
  }
  return runs;
}
