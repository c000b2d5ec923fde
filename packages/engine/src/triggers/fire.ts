import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import { InputsSchema, toLiteral } from "@appenv/protocol/tasks";
import type { TaskEngine } from "../contracts/engine.ts";
import type { RunRecord } from "../contracts/runs.ts";
import type { TaskRegistry } from "../contracts/tasks.ts";
import type { TriggerRecord } from "../contracts/triggers.ts";

/** Starts the run of a firing. Twice for one time it is the same run. @param labels - Beside the trigger's. @throws AppEnvError NOT_FOUND, and as `createRun`. */
export async function fireTrigger(
  trigger: TriggerRecord,
  at: Date,
  engine: Pick<TaskEngine, "createRun">,
  registry: Pick<TaskRegistry, "get">,
  labels: Readonly<Record<string, string>> = {},
): Promise<RunRecord> {
  const { project, domain, taskName, taskVersion, definition } = trigger;
  const task = registry.get({ project, domain, name: taskName }, taskVersion);
  if (task === undefined) {
    throw new AppEnvError(
      "NOT_FOUND",
      `There is no task '${taskName}' of version ${taskVersion} in ${project}/${domain}.`,
    );
  }
  return engine.createRun({
    project,
    domain,
    task,
    inputs: inputsAt(definition.inputs, definition.kickoffTimeInput, at),
    settings: { ...definition.run, labels: { ...definition.run.labels, ...labels } },
    source: "schedule",
    trigger: { taskName, name: definition.name },
    idempotencyKey: `trigger:${taskName}:${definition.name}:${at.toISOString()}`,
  });
}

/** The inputs of a firing: the stated ones, with the time it is meant for. */
export function inputsAt(inputs: Uint8Array, timeInput: string | undefined, at: Date): Uint8Array {
  if (timeInput === undefined) return inputs;
  const message = fromBinary(InputsSchema, inputs);
  message.literals = message.literals.filter(({ name }) => name !== timeInput);
  const time = create(InputsSchema, { literals: [{ name: timeInput, value: toLiteral({ kind: "datetime" }, at) }] });
  message.literals.push(...time.literals);
  return toBinary(InputsSchema, message);
}
