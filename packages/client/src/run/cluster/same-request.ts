import { create, equals } from "@bufbuild/protobuf";
import type { RunId } from "@appenv/protocol";
import {
  type CreateRunRequest,
  type Inputs,
  InputsSchema,
  type RunDetails,
  type TaskIdentifier,
  toActionIdentifier,
} from "@appenv/protocol/tasks";
import type { ControlPlane } from "../../control-plane/control-plane.ts";
import { taskApi } from "../api.ts";

/** Tells whether a run has the task and the inputs that are asked for, whatever version was deployed meanwhile. */
export async function isSameRequest(
  controlPlane: ControlPlane,
  id: RunId,
  { action }: RunDetails,
  { task, inputWrapper }: CreateRunRequest,
): Promise<boolean> {
  const { metadata } = action ?? {};
  const there = metadata?.spec.case === "task" ? metadata.spec.value.id : undefined;
  if (task.case !== "taskId" || inputWrapper.case !== "inputs" || !isSameTask(there, task.value)) return false;
  const { inputs } = await taskApi(controlPlane).data.getActionData({
    actionId: toActionIdentifier({ ...id, action: "a0" }),
  });
  return equals(InputsSchema, inOrder(inputs), inOrder(inputWrapper.value));
}

function isSameTask(one: TaskIdentifier | undefined, other: TaskIdentifier): boolean {
  return one?.project === other.project && one.domain === other.domain && one.name === other.name;
}

/** The literals alone, in the order of their names. */
function inOrder({ literals }: Pick<Inputs, "literals"> = { literals: [] }): Inputs {
  return create(InputsSchema, {
    literals: literals.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
  });
}
