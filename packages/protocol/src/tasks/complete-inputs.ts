import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import type { TaskSpec } from "@appenv-internal/flyteidl2/tasks";
import { InputsSchema, type Inputs, type Literal } from "@appenv-internal/flyteidl2/values";

/**
 * Inputs for a task of another SDK: its defaults are filled in, and what is given stays as its client wrote it, since only
 * that SDK knows all of its types.
 *
 * @param bytes - `task.Inputs`.
 * @throws AppEnvError INVALID_INPUT naming the input.
 */
export function completeInputs({ taskTemplate, defaultInputs }: TaskSpec, bytes: Uint8Array): Uint8Array {
  const names = (taskTemplate?.interface?.inputs?.variables ?? []).map(({ key }) => key);
  const given = readInputs(bytes);
  const unknown = given.literals.find(({ name }) => !names.includes(name));
  if (unknown !== undefined) throw invalid(`The task has no input '${unknown.name}'; it takes ${list(names)}.`);
  const values = new Map<string, Literal | undefined>();
  for (const { name, parameter } of defaultInputs) {
    if (parameter?.behavior.case === "default") values.set(name, parameter.behavior.value);
  }
  for (const { name, value } of given.literals) values.set(name, value);
  const missing = names.find((name) => values.get(name) === undefined);
  if (missing !== undefined) throw invalid(`The input '${missing}' is missing.`);
  const literals = names.toSorted().map((name) => ({ name, value: values.get(name) as Literal }));
  return toBinary(InputsSchema, create(InputsSchema, { literals, context: given.context }));
}

function readInputs(bytes: Uint8Array): Inputs {
  try {
    return fromBinary(InputsSchema, bytes);
  } catch (error) {
    throw new AppEnvError("INVALID_INPUT", "The inputs are no message `flyteidl2.task.Inputs`.", { cause: error });
  }
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => `'${name}'`).join(", ");
}

function invalid(message: string): AppEnvError {
  return new AppEnvError("INVALID_INPUT", message);
}
