import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import { type InputVariable, type TaskInterface, type ValueType } from "@appenv/core/internal";
import { InputsSchema, type Inputs, type Literal, type NamedLiteral } from "@appenv-internal/flyteidl2/values";
import { readLiteral } from "./from-literal.ts";
import { checked } from "./mismatch.ts";
import { writeLiteral } from "./to-literal.ts";

/**
 * Inputs as `task.Inputs`: in alphabetical order, defaults filled in. The same inputs give the same bytes.
 *
 * @throws AppEnvError INVALID_INPUT naming the input.
 */
export function encodeInputs({ inputs }: TaskInterface, values: Record<string, unknown>): Uint8Array {
  refuseUnknown(inputs, Object.keys(values));
  return writeInputs(inputs, (variable) => writeInput(variable, given(values, variable.name)), []);
}

function given(values: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function writeInput(variable: InputVariable, value: unknown): Literal {
  const { name, type, default: byDefault } = variable;
  if (value !== undefined) return writeGiven(variable, value);
  // Null stands for an input that is not given; whatever the schema takes that for, it decides itself.
  if (byDefault !== undefined) return writeGiven(variable, byDefault.value ?? undefined);
  if (takesUndefined(type)) return writeGiven(variable, undefined);
  throw missing(name);
}

function writeGiven({ name, type }: InputVariable, value: unknown): Literal {
  return checked("INVALID_INPUT", `The input '${name}'`, () => writeLiteral(type, value));
}

function takesUndefined(type: ValueType): boolean {
  return type.kind === "none" || (type.kind === "union" && type.variants.some((variant) => takesUndefined(variant)));
}

function missing(name: string): AppEnvError {
  return new AppEnvError("INVALID_INPUT", `The input '${name}' is missing.`);
}

function refuseUnknown(inputs: readonly InputVariable[], names: readonly string[]): void {
  const known = inputs.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const takes = known.length === 0 ? "it takes none" : `it takes ${known.map((name) => `'${name}'`).join(", ")}`;
  throw new AppEnvError("INVALID_INPUT", `The task has no input '${unknown}'; ${takes}.`);
}

function writeInputs(
  inputs: readonly InputVariable[],
  literalOf: (variable: InputVariable) => Literal,
  context: Inputs["context"],
): Uint8Array {
  const literals = inputs
    .map((variable) => ({ name: variable.name, value: literalOf(variable) }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return toBinary(InputsSchema, create(InputsSchema, { literals, context }));
}

/** Inputs from `task.Inputs`; an unset optional one is undefined. @throws AppEnvError INVALID_INPUT naming the input. */
export function decodeInputs({ inputs }: TaskInterface, bytes: Uint8Array): Record<string, unknown> {
  const { literals } = readInputs(bytes);
  return Object.fromEntries(
    inputs.map((variable) => {
      const literal = find(literals, variable.name);
      return [variable.name, literal === undefined ? unset(variable) : readInput(variable, literal)];
    }),
  );
}

function unset({ name, type, default: byDefault }: InputVariable): unknown {
  if (byDefault !== undefined) return byDefault.value ?? undefined;
  if (takesUndefined(type)) return undefined;
  throw missing(name);
}

/** One input from `task.Inputs`; undefined if it is not there. @throws AppEnvError INVALID_INPUT. */
export function inputOf({ inputs }: TaskInterface, bytes: Uint8Array, name: string): unknown {
  const variable = inputs.find((input) => input.name === name);
  const literal = variable && find(readInputs(bytes).literals, name);
  return variable && literal && readInput(variable, literal);
}

function readInput({ name, type }: InputVariable, literal: Literal): unknown {
  return checked("INVALID_INPUT", `The input '${name}'`, () => readLiteral(type, literal));
}

function readInputs(bytes: Uint8Array): Inputs {
  try {
    return fromBinary(InputsSchema, bytes);
  } catch (error) {
    throw new AppEnvError("INVALID_INPUT", "The inputs are no message `flyteidl2.task.Inputs`.", { cause: error });
  }
}

function find(literals: readonly NamedLiteral[], name: string): Literal | undefined {
  return literals.find((literal) => literal.name === name)?.value;
}

/**
 * Inputs of any client, checked and written as `encodeInputs` writes them: defaults filled in, in alphabetical order.
 *
 * @throws AppEnvError INVALID_INPUT naming the input.
 */
export function fillInputs({ inputs }: TaskInterface, bytes: Uint8Array): Uint8Array {
  const { literals, context } = readInputs(bytes);
  refuseUnknown(
    inputs,
    literals.map(({ name }) => name),
  );
  const filled = (variable: InputVariable): Literal => {
    const literal = find(literals, variable.name);
    if (literal === undefined) return writeInput(variable, undefined);
    const written = writeGiven(variable, readInput(variable, literal));
    // A hash that a client states is what the value is known by, for example to the cache.
    written.hash = literal.hash;
    return written;
  };
  return writeInputs(inputs, filled, context);
}
