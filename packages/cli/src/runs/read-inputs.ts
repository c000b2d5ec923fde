import { AppEnvError } from "@appenv/core";
import { didYouMean, type InputVariable, type TaskInterface } from "@appenv/core/internal";
import { isRequired, isSwitch } from "./input-types.ts";
import { runFlagNames, type RunFlags } from "./request.ts";

/** Reads a text as a value of a type. @throws AppEnvError INVALID_INPUT. */
export type ReadText = (type: InputVariable["type"], text: string) => unknown;

/**
 * The inputs of a task from the command line: `--NAME VALUE`, `--NAME=VALUE`, `--switch`, `--no-switch`. A name may also
 * be written with hyphens: `--max-size` for `maxSize` or `max_size`.
 *
 * @param words - The words of the command line that are not options of the command.
 * @param stated - Values of `--input NAME=VALUE`, for inputs that are named like an option of the command.
 * @throws AppEnvError INVALID_ARGUMENT, INVALID_INPUT naming the input and what is allowed.
 */
export function readInputs(
  task: { readonly name: string; readonly interface: TaskInterface },
  words: readonly string[],
  stated: Readonly<Record<string, string>>,
  readText: ReadText,
): Record<string, unknown> {
  const texts = new Map<string, string>();
  const set = (variable: InputVariable, text: string): void => {
    if (texts.has(variable.name)) throw usage(`The input '${variable.name}' is given twice.`);
    texts.set(variable.name, text);
  };
  for (const [name, text] of Object.entries(stated)) set(find(task, name), text);
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const [, name, text] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) throw unexpected(word, task);
    const { variable, value } = match(task, name);
    set(variable, value ?? text ?? nextValue(variable, queue));
  }
  const { inputs } = task.interface;
  return Object.fromEntries(
    [...texts].map(([name, text]) => [
      name,
      readOne(
        inputs.find((input) => input.name === name),
        text,
        readText,
      ),
    ]),
  );
}

/** The word may be the value of an input whose name was taken for an option without a value. */
function unexpected(word: string, { interface: { inputs } }: Task): AppEnvError {
  const namesakes = inputs.filter(({ name }) => runFlagNames.includes(name)).map(({ name }) => `--input ${name}=VALUE`);
  const hint = namesakes.length === 0 ? "" : ` One that is named like an option: ${namesakes.join(", ")}.`;
  return usage(`'${word}' is not expected here; inputs are given as --NAME VALUE.${hint}`);
}

type Task = Parameters<typeof readInputs>[0];

/** The input that an option names; with a `value` for `--no-switch`. */
function match(task: Task, option: string): { variable: InputVariable; value?: string } {
  const variable = lookUp(task, option);
  if (variable !== undefined) return { variable };
  const negated = option.startsWith("no-") ? lookUp(task, option.slice(3)) : undefined;
  if (negated !== undefined && isSwitch(negated.type)) return { variable: negated, value: "false" };
  return { variable: find(task, option) };
}

function find(task: Task, name: string): InputVariable {
  const found = lookUp(task, name);
  if (found !== undefined) return found;
  const names = task.interface.inputs.map((input) => input.name);
  const takes = names.length === 0 ? "it takes none" : `it takes ${names.map((each) => `--${each}`).join(", ")}`;
  const near = didYouMean(name, [...names, ...runFlagNames]).replace(/'(.*)'/, "'--$1'");
  throw usage(`'${task.name}' has no input '${name}'; ${takes}.${near}`);
}

function lookUp({ interface: { inputs } }: Task, name: string): InputVariable | undefined {
  return inputs.find((input) => input.name === name) ?? inputs.find((input) => hyphened(input.name) === name);
}

/** `maxSize` and `max_size` as `max-size`. */
export function hyphened(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}

function nextValue({ name, type }: InputVariable, queue: string[]): string {
  const [next] = queue;
  if (isSwitch(type) && next !== "true" && next !== "false") return "true";
  // A value may begin with a hyphen, as negative numbers do; an option does with two.
  if (next === undefined || next.startsWith("--")) {
    throw usage(`The input '${name}' is given without a value; write --${name} VALUE, or --${name}=VALUE.`);
  }
  return queue.shift() ?? "";
}

function readOne(variable: InputVariable | undefined, text: string, readText: ReadText): unknown {
  if (variable === undefined) return text;
  try {
    return readText(variable.type, text);
  } catch (error) {
    if (!AppEnvError.is(error, "INVALID_INPUT")) throw error;
    const message = error.message.replace(/^The value\b/, `The input '${variable.name}'`);
    throw new AppEnvError("INVALID_INPUT", message, { fix: "Give what the message says; `--help` shows all inputs." });
  }
}

function usage(message: string): AppEnvError {
  return new AppEnvError("INVALID_ARGUMENT", message);
}

/**
 * Refuses to start a run if one of its inputs was taken for an option of the command itself.
 *
 * @throws AppEnvError INVALID_ARGUMENT saying how the input is given.
 */
export function refuseTakenForOption(
  task: { readonly name: string; readonly interface: TaskInterface },
  inputs: Readonly<Record<string, unknown>>,
  flags: RunFlags,
): void {
  const missing = task.interface.inputs.find(
    (input) => isRequired(input) && !Object.hasOwn(inputs, input.name) && Object.hasOwn(flags, input.name),
  );
  if (missing === undefined) return;
  const { name } = missing;
  const given = flags[name as keyof RunFlags];
  const message = `\`--${name}\` is an option of the command itself, so the input '${name}' of '${task.name}' is missing.`;
  const value = typeof given === "string" || typeof given === "number" ? String(given) : "VALUE";
  throw new AppEnvError("INVALID_ARGUMENT", message, { fix: `Give the input as \`--input ${name}=${value}\`.` });
}
