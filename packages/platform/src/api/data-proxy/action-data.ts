import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import type { ActionId } from "@appenv/protocol";
import { InputsSchema, OutputsSchema, toLiteral } from "@appenv/protocol/tasks";
import type { ActionRecord } from "@appenv/engine";
import type { RunReader } from "../run/run-reader.ts";

/** The inputs and outputs of an action. */
export interface ActionData {
  readonly inputs: MessageInitShape<typeof InputsSchema>;
  /** Empty before it succeeded. */
  readonly outputs: MessageInitShape<typeof OutputsSchema>;
}

/**
 * The inputs and outputs of an action. The inputs of a condition are its question: Flyte's messages have no other place for it.
 *
 * @throws AppEnvError NOT_FOUND.
 */
export function readActionData(reader: RunReader, id: ActionId): ActionData {
  const action = reader.action(id);
  const outputs = reader.engine.outputs(id);
  return {
    inputs:
      action.condition === undefined ? fromBinary(InputsSchema, reader.engine.inputs(id)) : asked(action.condition),
    outputs: outputs === undefined ? {} : fromBinary(OutputsSchema, outputs),
  };
}

function asked({
  prompt,
  type,
  description = "",
}: NonNullable<ActionRecord["condition"]>): MessageInitShape<typeof InputsSchema> {
  const literals = Object.entries({ prompt, type, description });
  return {
    literals: literals.map(([name, value]) => ({ name, value: toLiteral({ kind: "string" }, value) })),
  };
}
