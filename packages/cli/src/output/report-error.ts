import { AppEnvError, terminalJson, terminalText } from "@appenv/core";
import { advice, alarm } from "./style.ts";

/** How an error is written. */
export interface ErrorFormat {
  /** As a JSON object on a line: `{"error":{"code","message","fix"}}`. */
  readonly json: boolean;
  /** With stacks. */
  readonly verbose: boolean;
}

/** How a command with these options writes errors. */
export function errorFormat({ json = false, verbose = false }: Partial<ErrorFormat>): ErrorFormat {
  return { json, verbose: verbose || (process.env["DEBUG"] ?? "") !== "" };
}

/** Writes an error to stderr: what was wrong, what led to it, and what to do. */
export function reportError(thrown: unknown, format: ErrorFormat): void {
  const error = AppEnvError.from(thrown, "UNEXPECTED");
  if (format.json) {
    const { code, message, fix } = error;
    const json = JSON.stringify({ error: { code, message, fix } });
    process.stderr.write(`${terminalJson(json, process.stderr)}\n`);
    return;
  }
  const lines = [
    `${alarm("error:")} ${error.message}`,
    ...causes(error).map((text) => `  because: ${text}`),
    `${advice("fix:")} ${error.fix}`,
  ];
  if (format.verbose) lines.push("", ...stacks(thrown));
  process.stderr.write(`${terminalText(lines.join("\n"), process.stderr)}\n`);
}

/** The messages of the causes that say something new, at most three. */
function causes(error: AppEnvError): string[] {
  const texts: string[] = [];
  let said = error.message;
  for (let cause = error.cause; cause instanceof Error && texts.length < 3; cause = cause.cause) {
    const text = cause.message.split("\n")[0] ?? "";
    // The message of a schema's error is JSON, and what it says stands in the message above.
    if (/\w/.test(text) && !said.includes(text)) texts.push(text);
    said += text;
  }
  return texts;
}

function stacks(thrown: unknown): string[] {
  const all: string[] = [];
  for (let error = thrown; error instanceof Error; error = error.cause) all.push(error.stack ?? error.message);
  return all;
}
