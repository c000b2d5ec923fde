import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import { type OutputType, type SeveralOutputs, type ValueType } from "@appenv/core/internal";
import { OutputsSchema, type Literal, type NamedLiteral } from "@appenv-internal/flyteidl2/values";
import { readLiteral } from "./from-literal.ts";
import { valueToJson } from "./json-value.ts";
import { checked } from "./mismatch.ts";
import { writeLiteral, wrong } from "./to-literal.ts";

/** The name of a task's output, as in Flyte's SDKs; further ones are `o1`, `o2` and so on. */
const outputName = "o0";

/** The output of a task as `task.Outputs`. @throws AppEnvError INVALID_OUTPUT. */
export function encodeOutput(type: OutputType | undefined, value: unknown): Uint8Array {
  if (type === undefined) return new Uint8Array();
  const literals = (type.kind === "outputs" ? type.of : [{ name: outputName, type }]).map(
    ({ name, type: one }, index) => ({
      name,
      value: writeOutput(one, type.kind === "outputs" ? part(type, value, index) : value, name),
    }),
  );
  return toBinary(OutputsSchema, create(OutputsSchema, { literals }));
}

function writeOutput(type: ValueType, value: unknown, name: string): Literal {
  return checked("INVALID_OUTPUT", label(name), () => writeLiteral(type, value));
}

function label(name: string): string {
  return name === outputName ? "The output" : `The output '${name}'`;
}

/** The output of a task from `task.Outputs`; undefined if it has none. @throws AppEnvError INVALID_OUTPUT. */
export function decodeOutput(type: OutputType | undefined, bytes: Uint8Array): unknown {
  if (type === undefined) return undefined;
  const literals = readOutputs(bytes);
  const read = (name: string, one: ValueType): unknown => {
    const literal = literals.find((each) => each.name === name)?.value;
    if (literal === undefined) throw new AppEnvError("INVALID_OUTPUT", `The outputs have no '${name}'.`);
    return checked("INVALID_OUTPUT", label(name), () => readLiteral(one, literal));
  };
  if (type.kind !== "outputs") return read(outputName, type);
  return together(
    type,
    type.of.map(({ name, type: one }) => read(name, one)),
  );
}

/** The output of a task as JSON: see `valueToJson`. */
export function outputToJson(type: OutputType, value: unknown): unknown {
  if (type.kind !== "outputs") return valueToJson(type, value);
  return together(
    type,
    type.of.map(({ type: one }, index) => valueToJson(one, part(type, value, index))),
  );
}

/** A list of outputs without names of their own; an object of others. */
function together({ of }: SeveralOutputs, values: readonly unknown[]): unknown {
  if (isNumbered(of)) return values;
  return Object.fromEntries(of.map(({ name }, index) => [name, values[index]]));
}

function part({ of }: SeveralOutputs, value: unknown, index: number): unknown {
  if (!isNumbered(of) && typeof value === "object" && value !== null) return Reflect.get(value, of[index]?.name ?? "");
  if (isNumbered(of) && Array.isArray(value)) return value[index];
  return checked("INVALID_OUTPUT", "The output", () => {
    throw wrong(isNumbered(of) ? `a list of ${of.length} outputs` : "an object of the outputs by name", value);
  });
}

function isNumbered(of: SeveralOutputs["of"]): boolean {
  return of.every(({ name }, index) => name === `o${index}`);
}

/** The literals of `task.Outputs`. @throws AppEnvError INVALID_OUTPUT. */
export function readOutputs(bytes: Uint8Array): readonly NamedLiteral[] {
  try {
    return fromBinary(OutputsSchema, bytes).literals;
  } catch (error) {
    throw new AppEnvError("INVALID_OUTPUT", "The outputs are no message `flyteidl2.task.Outputs`.", { cause: error });
  }
}
