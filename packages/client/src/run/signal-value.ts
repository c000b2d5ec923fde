import { jsonLiteral, toLiteral, type Literal } from "@appenv/protocol/tasks";
import { AppEnvError } from "@appenv/core";

/** A value that a condition takes: one of its type, or what JSON makes of it. */
export type SignalValue = boolean | number | string | object | null;

/** A value, and the type that it is sent as. */
export type Candidate =
  | readonly [kind: "boolean" | "integer" | "float" | "string", value: boolean | number | string]
  | readonly [kind: "json", value: unknown];

/** A candidate as Flyte's message. @throws AppEnvError INVALID_INPUT. */
export function literalOf([kind, value]: Candidate): Literal {
  return kind === "json" ? jsonLiteral(value) : toLiteral({ kind }, value);
}

/** The types that a value may be sent as, the likeliest first. @throws AppEnvError INVALID_INPUT for one that JSON cannot write. */
export function candidatesOf(value: SignalValue): readonly Candidate[] {
  if (typeof value === "number") return numbersOf(value);
  const json = ["json", plain(value)] as const;
  if (typeof value === "boolean") return [["boolean", value], json];
  // A text is itself before it is JSON that somebody wrote.
  return typeof value === "string" ? [json, ["string", value]] : [json];
}

function numbersOf(value: number): readonly Candidate[] {
  return Number.isInteger(value)
    ? [
        ["integer", value],
        ["float", value],
      ]
    : [["float", value]];
}

/** A value as JSON has it: dates are texts, and undefined is left out. */
function plain(value: SignalValue): unknown {
  try {
    const text: string | undefined = JSON.stringify(value);
    if (text !== undefined) return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AppEnvError("INVALID_INPUT", `The value of a signal cannot be written: ${why}`, { cause: error });
  }
  throw new AppEnvError("INVALID_INPUT", `The value of a signal is ${typeof value}, which cannot be written.`);
}

/** The same for a value as a person types it. */
export function readText(text: string): readonly Candidate[] {
  const string: Candidate = ["string", text];
  const word = text.trim().toLowerCase();
  if (/^(true|yes)$/.test(word)) return [["boolean", true], string];
  if (/^(false|no)$/.test(word)) return [["boolean", false], string];
  if (/^[+-]?\d+$/.test(word)) return [...numbersOf(Number(word)), string];
  if (word !== "" && Number.isFinite(Number(word))) return [["float", Number(word)], string];
  const json = /^[[{n"]/.test(word) ? parsed(text) : undefined;
  return json === undefined ? [string] : [["json", json], string];
}

/** Undefined for what is no JSON: the condition that does not take it as a text says why. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
