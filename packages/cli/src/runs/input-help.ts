import { type Command, Option } from "commander";
import type { InputVariable, TaskInterface } from "@appenv/core/internal";
import { isRequired, isSwitch, typeWord } from "./input-types.ts";

/** Shows the inputs of a task in the help of a command, as the options they are given with. */
export function showInputs(command: Command, name: string, { inputs }: TaskInterface): void {
  const own = new Set(command.options.map(({ long }) => long));
  // The option for the help is made when it is asked for.
  const isTaken = (flag: string): boolean => own.has(flag) || flag === "--help";
  for (const input of inputs) {
    const flag = `--${input.name}`;
    if (isTaken(flag)) continue;
    const option = new Option(`${flag} ${placeholder(input)}`, describe(input));
    command.addOption(option.helpGroup(`Inputs of ${name}:`));
  }
  const hidden = inputs.filter((input) => isTaken(`--${input.name}`));
  if (hidden.length === 0) return;
  const lines = hidden.map((input) => `  --input ${input.name}=${placeholder(input)}  ${describe(input)}`);
  command.addHelpText("after", `\nInputs that are named like an option:\n${lines.join("\n")}`);
}

function placeholder({ type }: InputVariable): string {
  return isSwitch(type) ? "[boolean]" : `<${typeWord(type)}>`;
}

function describe(input: InputVariable): string {
  const { description = "" } = input;
  const value = input.default?.value;
  const known = value === undefined || value === null ? "" : `(default: ${showDefault(value)})`;
  const note = isRequired(input) ? "(required)" : known;
  return [description, note].filter((text) => text !== "").join(" ");
}

function showDefault(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? String(item) : item));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
