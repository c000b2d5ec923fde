import { basename } from "node:path";
import { AppEnvError } from "../errors/appenv-error.ts";
import { invalidOption } from "../errors/invalid-option.ts";

/**
 * A command or its arguments: a list as it is, a string split at spaces outside quotes.
 *
 * @throws AppEnvError INVALID_OPTION for another type or an open quote.
 */
export function readWords(value: string | readonly string[] | undefined, option: string): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((word) => typeof word === "string")) return Object.freeze([...value]);
  if (typeof value !== "string") throw invalidOption(option, value, "a string or a list of strings");
  return Object.freeze(split(value, option));
}

/**
 * Checks that no word of a command waits for a shell to put an env var in: none reads it, here or on a cluster.
 *
 * @throws AppEnvError INVALID_OPTION.
 */
export function checkVariables(words: readonly string[]): void {
  const [program = ""] = words;
  // Shells read their own words, and programs take code in which `$` means something else.
  if (/^(ba|da|a|z|k)?sh$/.test(basename(program)) || words.some((word) => /^(-c|-e|-p|--eval|--print)$/.test(word)))
    return;
  const waiting = words.find((word) => /\$(PORT\b|\{PORT\})/.test(word));
  if (waiting === undefined) return;
  throw new AppEnvError(
    "INVALID_OPTION",
    `'${program}' would be given '${waiting}' as it is: no shell reads a command.`,
    {
      fix: `Let a shell put it in: \`command: ["sh", "-c", "exec ${words.join(" ").replaceAll('"', '\\"')}"]\`; what reads the env var PORT itself needs no argument.`,
    },
  );
}

function split(text: string, option: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index] ?? "";
    if (quote !== undefined) {
      if (char === quote) quote = undefined;
      else if (char === "\\" && quote === '"' && /["\\]/.test(text[index + 1] ?? "")) word += text[(index += 1)] ?? "";
      else word += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (char === "\\" && index + 1 < text.length) {
      word = (word ?? "") + (text[(index += 1)] ?? "");
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (quote !== undefined) throw invalidOption(option, text, `closed: a ${quote} is open`);
  if (word !== undefined) words.push(word);
  return words;
}
