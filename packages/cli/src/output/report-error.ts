import { subscribe } from "node:diagnostics_channel";
import { styleText } from "node:util";
import { AppEnvError } from "@appenv/core";
import { endChannel, terminalJson, terminalText } from "@appenv/core/internal";

/** The format of a reported error. */
export interface ErrorFormat {
  /** As a JSON object on a line: `{"error":{"code","message","fix"}}`, of a run that failed with its `cause`. */
  readonly json: boolean;
  /** With stacks. */
  readonly verbose: boolean;
}

/** The format of errors of a command with these options. */
export function errorFormat({ json = false, verbose = false }: Partial<ErrorFormat>): ErrorFormat {
  return { json, verbose: verbose || (process.env["DEBUG"] ?? "") !== "" };
}

/** Writes an error to stderr: what was wrong, what led to it, and what to do. */
export function reportError(thrown: unknown, format: ErrorFormat): void {
  const error = AppEnvError.from(thrown, "UNEXPECTED");
  if (format.json) {
    const { code, message, fix } = error;
    const cause = ofRuns.has(code) ? causeJson(error.cause, 0) : undefined;
    const json = JSON.stringify({ error: { code, message, fix, cause } });
    process.stderr.write(`${terminalJson(json, process.stderr)}
`);
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

/** Reports the error with which user code ends the process, which never looks like a success then. */
export function reportEnd(format: ErrorFormat): void {
  subscribe(endChannel, (error) => {
    reportError(error, format);
    process.exitCode ||= 1;
  });
}

/** Codes of errors from elsewhere whose cause is an error of the user's own. */
const ofRuns: ReadonlySet<string> = new Set(["TASK_FAILED", "TIMED_OUT", "ABORTED"]);
const deepest = 10;

/** The cause chain of an error, with the fields by which programs tell errors apart. */
function causeJson(error: unknown, depth: number): unknown {
  if (!(error instanceof Error) || depth > deepest) return typeof error === "string" ? error : undefined;
  const { name, message, code, status, cause } = error as Error & Readonly<Record<"code" | "status", unknown>>;
  const errors = error instanceof AggregateError ? error.errors.map((each) => causeJson(each, depth + 1)) : undefined;
  return { name, message, code, status, errors, cause: causeJson(cause, depth + 1) };
}

/** The messages of the causes that say something new, at most three. */
function causes(error: AppEnvError): string[] {
  const texts: string[] = [];
  let said = error.message;
  const say = (text: string): void => {
    // The message of a schema's error is JSON, and what it says stands in the message above.
    if (/\w/.test(text) && !said.includes(text)) texts.push(text);
    said += text;
  };
  for (let cause = error.cause; cause !== undefined && texts.length < most; cause = causeOf(cause)) {
    say(firstLine(cause));
    if (cause instanceof AggregateError) for (const each of cause.errors.slice(0, most)) say(firstLine(each));
  }
  return texts;
}

/** Maximum depth of causes that are reported, and maximum number of errors of an AggregateError. */
const most = 3;

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function firstLine(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === "string" ? error : "";
  return error.message.split("\n")[0] ?? "";
}

function stacks(thrown: unknown): string[] {
  const all: string[] = [];
  for (let error = thrown; error instanceof Error; error = error.cause) all.push(error.stack ?? error.message);
  return all;
}

/** Red and bold for what went wrong, if stderr is a terminal and NO_COLOR is not set. */
export function alarm(text: string): string {
  return paint(text, "red");
}

/** Bold for what to do, under the same conditions. */
export function advice(text: string): string {
  return paint(text, "cyan");
}

function paint(text: string, color: "red" | "cyan"): string {
  if (!process.stderr.isTTY || (process.env["NO_COLOR"] ?? "") !== "") return text;
  return styleText(["bold", color], text, { validateStream: false });
}
