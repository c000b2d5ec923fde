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
import type { InputVariable, TaskInterface, ValueType } from "@appenv/core/internal";
import { readLiteral } from "../values/from-literal.ts";
import { fromLiteralType, toLiteralType } from "../values/literal-type.ts";
import { Mismatch } from "../values/mismatch.ts";

/** The interface of a task, as Flyte's message: inputs in alphabetical order, the output as `o0`. */
export function toTypedInterface({ inputs, output }: TaskInterface): TypedInterface {
  const sorted = [...inputs].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return create(TypedInterfaceSchema, {
    inputs: { variables: sorted.map((variable) => ({ key: variable.name, value: toVariable(variable) })) },
    outputs: {
      variables: output === undefined ? [] : [{ key: "o0", value: toVariable({ name: "o0", type: output }) }],
    },
  });
}

/** One input or output, as Flyte's message. */
export function toVariable({ type, description }: InputVariable): Variable {
  return create(VariableSchema, { type: toLiteralType(type), description: description ?? "" });
}

/**
 * The interface of a task of any SDK. Of several outputs, as Python's tasks can have, it has the first.
 */
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

function outputType(outputs: readonly [string, Variable | undefined][]): ValueType | undefined {
  const named = outputs.find(([name]) => name === "o0") ?? outputs[0];
  return named === undefined ? undefined : typeOf(named[1]);
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
