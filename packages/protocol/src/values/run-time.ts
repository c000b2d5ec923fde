import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { InputsSchema, type Inputs } from "@appenv-internal/flyteidl2/values";
import { toLiteral } from "./to-literal.ts";

/** The key in the context of inputs that names the input which gets the time of a run, as Flyte's SDK has it. */
const timeKey = "_u_kickoff_time_input_arg";

/** The inputs of the runs of a trigger, of which one stands for the time that a run is meant for: it is left out. */
export function leaveOutRunTime(inputs: Inputs, name: string): Inputs {
  const literals = inputs.literals.filter((literal) => literal.name !== name);
  return create(InputsSchema, { literals, context: [...inputs.context, { key: timeKey, value: name }] });
}

/** Tells whether an input stands for the time of the run, and is not among those stored. */
export function lacksRunTime(inputs: Inputs): boolean {
  return missingInput(inputs) !== undefined;
}

/** `task.Inputs` with the time of the run in the input that stands for it, if there is one. */
export function fillRunTime(bytes: Uint8Array, time: Date | undefined): Uint8Array {
  const inputs = fromBinary(InputsSchema, bytes);
  const name = missingInput(inputs);
  if (name === undefined || time === undefined) return bytes;
  const literals = [...inputs.literals, { name, value: toLiteral({ kind: "datetime" }, time) }];
  return toBinary(InputsSchema, create(InputsSchema, { literals, context: inputs.context }));
}

function missingInput({ literals, context }: Inputs): string | undefined {
  const name = context.find(({ key }) => key === timeKey)?.value;
  return literals.some((literal) => literal.name === name) ? undefined : name;
}
