import { AppEnvError } from "@appenv/core";
import { type TaskInterface } from "@appenv/core/internal";
import { outputToJson as outputAsJson, valueFromJson, valueToJson } from "@appenv/protocol/values";

type Values = Readonly<Record<string, unknown>>;

/** Inputs of a task from JSON, by their types. @throws AppEnvError INVALID_INPUT naming the input. */
export function inputsFromJson({ inputs }: TaskInterface, json: Values): Values {
  const types = new Map(inputs.map(({ name, type }) => [name, type]));
  const values = Object.entries(json).map(([name, value]) => {
    const type = types.get(name);
    if (type === undefined) throw unknownInput(name, [...types.keys()]);
    return [name, named(name, () => valueFromJson(type, value))] as const;
  });
  return Object.fromEntries(values);
}

/** Inputs of a task as JSON. */
export function inputsToJson({ inputs }: TaskInterface, values: Values): Values {
  return Object.fromEntries(inputs.map(({ name, type }) => [name, valueToJson(type, values[name]) ?? null]));
}

/** The output of a task as JSON; null if it has none. */
export function outputToJson({ output }: TaskInterface, value: unknown): unknown {
  return output === undefined ? null : (outputAsJson(output, value) ?? null);
}

function named(name: string, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!AppEnvError.is(error, "INVALID_INPUT")) throw error;
    throw new AppEnvError("INVALID_INPUT", `The input '${name}': ${error.message}`, {
      cause: { issues: [{ path: [name], message: error.message }] },
    });
  }
}

function unknownInput(name: string, known: readonly string[]): AppEnvError {
  const shown = JSON.stringify(name.slice(0, 60));
  const takes = known.length === 0 ? "it takes none" : `it takes ${known.join(", ")}`;
  const message = `The task has no input ${shown}; ${takes}.`;
  return new AppEnvError("INVALID_INPUT", message, { cause: { issues: [{ path: [name], message }] } });
}
