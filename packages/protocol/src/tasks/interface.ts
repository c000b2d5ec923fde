import { create } from "@bufbuild/protobuf";
import {
  TypedInterfaceSchema,
  VariableSchema,
  type NamedParameter,
  type TaskSpec,
  type TypedInterface,
  type Variable,
  type VariableMap,
} from "@appenv-internal/flyteidl2/tasks";
import type { InputVariable, OutputType, SeveralOutputs, TaskInterface, ValueType } from "@appenv/core/internal";
import { readLiteral } from "../values/from-literal.ts";
import { fromLiteralType, toLiteralType } from "../values/literal-type.ts";
import { Mismatch } from "../values/mismatch.ts";

/** The interface of a task, as Flyte's message: inputs in alphabetical order, the output as `o0`. */
export function toTypedInterface({ inputs, output }: TaskInterface): TypedInterface {
  const sorted = [...inputs].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return create(TypedInterfaceSchema, {
    inputs: { variables: sorted.map((variable) => ({ key: variable.name, value: toVariable(variable) })) },
    outputs: {
      variables: outputsOf(output).map(({ name, type }) => ({ key: name, value: toVariable({ name, type }) })),
    },
  });
}

function outputsOf(output: OutputType | undefined): SeveralOutputs["of"] {
  if (output?.kind === "outputs") return output.of;
  return output === undefined ? [] : [{ name: "o0", type: output }];
}

/** One input or output, as Flyte's message. */
export function toVariable({ type, description }: InputVariable): Variable {
  return create(VariableSchema, { type: toLiteralType(type), description: description ?? "" });
}

/** The interface of a task of any SDK. */
export function interfaceOfSpec({ taskTemplate, defaultInputs }: TaskSpec): TaskInterface {
  const { inputs, outputs } = taskTemplate?.interface ?? {};
  const defaults = new Map(defaultInputs.map((parameter) => [parameter.name, parameter]));
  return {
    inputs: entries(inputs)
      .map(([name, variable]) => toInput(name, variable, defaults.get(name)))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    output: outputType(entries(outputs)),
  };
}

function entries(map: VariableMap | undefined): [string, Variable | undefined][] {
  return map?.variables.map(({ key, value }) => [key, value]) ?? [];
}

/** In their order: `o10` comes after `o9`. */
function outputType(outputs: readonly [string, Variable | undefined][]): OutputType | undefined {
  const [first] = outputs;
  if (first === undefined) return undefined;
  if (outputs.length === 1 && first[0] === "o0") return typeOf(first[1]);
  const of = outputs.map(([name, variable]) => ({ name, type: typeOf(variable) }));
  return {
    kind: "outputs",
    of: of.toSorted((one, other) => one.name.localeCompare(other.name, "en", { numeric: true })),
  };
}

function typeOf(variable: Variable | undefined): ValueType {
  return variable?.type === undefined ? { kind: "struct", jsonSchema: {} } : fromLiteralType(variable.type);
}

function toInput(name: string, variable: Variable | undefined, named: NamedParameter | undefined): InputVariable {
  const type = typeOf(variable);
  return {
    name,
    type,
    ...(variable?.description ? { description: variable.description } : {}),
    ...defaultOf(type, named),
  };
}

function defaultOf(type: ValueType, named: NamedParameter | undefined): Pick<InputVariable, "default"> {
  const behavior = named?.parameter?.behavior;
  if (behavior?.case !== "default") return {};
  try {
    return { default: { value: readLiteral(type, behavior.value) ?? null } };
  } catch (error) {
    // A default that cannot be read cannot be filled in: the input must be given.
    if (error instanceof Mismatch) return {};
    throw error;
  }
}
