import { subscribe } from "node:diagnostics_channel";
import { CommanderError } from "commander";
import { AppEnvError } from "@appenv/core";
import { flushSpans, personChannel, terminalText, waitingChannel, type CallWaiting } from "@appenv/core/internal";
import { createProgram } from "./program.ts";
import { createProgress, type Progress } from "./output/progress.ts";
import { errorFormat, reportEnd, reportError } from "./output/report-error.ts";
import { flushed, ignoreClosedPipes } from "./output/streams.ts";

/**
 * Runs the command line with these arguments, and resolves with the exit code: 0 if all went well, 1 if the command
 * failed, 2 if the arguments could not be understood. Results go to stdout, everything else to stderr.
 */
export async function runCli(args: readonly string[]): Promise<number> {
  ignoreClosedPipes();
  const code = await execute(args);
  await Promise.all([flushed(), flushSpans()]);
  return code;
}

async function execute(args: readonly string[]): Promise<number> {
  const format = errorFormat({ json: args.includes("--json"), verbose: args.includes("--verbose") });
  const progress = createProgress(format.json);
  sayWaiting(progress);
  sayToPerson(progress);
  reportEnd(format);
  try {
    const program = await createProgram(args);
    await program.parseAsync([...args], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    progress.stop();
    if (!(error instanceof CommanderError)) {
      reportError(error, format);
      return 1;
    }
    // Help and version were asked for; commander has written them.
    if (error.exitCode === 0) return 0;
    reportError(usageError(error), format);
    return 2;
  }
}

/** A control plane that takes its time is named, so that a command is never silent for long. */
function sayWaiting(progress: Progress): void {
  subscribe(waitingChannel, (message) => {
    const { endpoint, seconds } = message as CallWaiting;
    progress.say(`Waiting for ${endpoint} to answer, for ${seconds} s now ...`);
  });
}

/** Lines of a login are shown with --json, too: nobody could log in without them. */
function sayToPerson(progress: Progress): void {
  subscribe(personChannel, (line) => {
    progress.stop();
    process.stderr.write(`${terminalText(line as string, process.stderr)}\n`);
  });
}

function usageError(error: CommanderError): AppEnvError {
  if (error.code === "commander.help") return new AppEnvError("INVALID_ARGUMENT", "No command was given.");
  const sentences = error.message
    .replace(/^error: /, "")
    .split("\n")
    .map((text) => sentence(text));
  return new AppEnvError("INVALID_ARGUMENT", sentences.join(" "));
}

/** Commander writes `unknown command 'x'` and, below it, `(Did you mean y?)`. */
function sentence(text: string): string {
  const plain = text.replace(/^\((.*)\)$/, "$1");
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}${/[.?!]$/.test(plain) ? "" : "."}`;
}
