import { toBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import type { TaskInterface } from "@appenv/core/internal";
import type { RunId } from "@appenv/protocol";
import { decodeInputs, encodeInputs, InputsSchema, interfaceOfSpec, toActionIdentifier } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { readAction } from "./action.ts";
import { findAction } from "./action-labels.ts";
import { taskApi } from "./api.ts";
import { listActions } from "./cluster/list-actions.ts";

/** An action from which a run runs again. */
export interface RerunStart {
  /** The action of the earlier run. */
  readonly action: string;
  /** `task.Inputs` in place of those that it had. */
  readonly inputs: Uint8Array | undefined;
}

/**
 * Reads an action that a run is to run again from.
 *
 * @param text - Its name or its label.
 * @param inputs - Inputs that are different this time.
 * @throws AppEnvError NOT_FOUND, INVALID_INPUT.
 */
export async function readRerunStart(
  controlPlane: ControlPlane,
  run: RunId,
  text: string,
  inputs: Readonly<Record<string, unknown>> | undefined,
): Promise<RerunStart> {
  const actions = (await listActions(controlPlane, run)).map((message) => readAction(message));
  const action = findAction(run.run, actions, text);
  if (inputs === undefined || action === "a0") return { action, inputs: undefined };
  const actionId = toActionIdentifier({ ...run, action });
  const [{ details }, data] = await Promise.all([
    taskApi(controlPlane).runs.getActionDetails({ actionId }),
    taskApi(controlPlane).data.getActionData({ actionId }),
  ]);
  if (details?.spec.case !== "task") {
    throw new AppEnvError("INVALID_INPUT", `'${text}' is no action of a task, so it has no inputs to change.`);
  }
  const before = data.inputs === undefined ? new Uint8Array() : toBinary(InputsSchema, data.inputs);
  return { action, inputs: changedInputs(interfaceOfSpec(details.spec.value), before, inputs) };
}

/** Inputs with some in place of those before. @throws AppEnvError INVALID_INPUT. */
export function changedInputs(
  type: TaskInterface,
  before: Uint8Array,
  inputs: Readonly<Record<string, unknown>>,
): Uint8Array {
  const given = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
  return encodeInputs(type, { ...decodeInputs(type, before), ...given });
}
