import { fromBinary } from "@bufbuild/protobuf";
import { InputsSchema, type Inputs, type TaskTriggerSpec } from "@appenv/protocol/tasks";

type InputWrapper = TaskTriggerSpec["inputWrapper"];
type InlineInputs = Exclude<InputWrapper, { readonly case: "offloadedInputData" }>;

/** A trigger's inputs in the message itself: inputs that were uploaded before are read. @throws AppEnvError NOT_FOUND. */
export async function inlineInputs(
  inputs: InputWrapper | undefined,
  readInputs: (uri: string) => Promise<Uint8Array>,
): Promise<InlineInputs> {
  if (inputs === undefined) return { case: undefined };
  if (inputs.case !== "offloadedInputData") return inputs;
  const value: Inputs = fromBinary(InputsSchema, await readInputs(inputs.value.uri));
  return { case: "inputs", value };
}
