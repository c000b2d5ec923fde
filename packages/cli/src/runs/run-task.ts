import type { Run } from "@appenv/client/tasks";
import { createOutput, type Output } from "../output/output.ts";
import { runJson, timeText } from "../output/run.ts";
import { interrupted, type Surroundings } from "../serve/request.ts";
import { watchUncaught } from "../serve/client/uncaught.ts";
import { errorFormat, reportError } from "../output/report-error.ts";
import { showProgress } from "./follow.ts";
import type { RunRequest } from "./request.ts";
import { showFailure } from "./show-failure.ts";
import { startRun } from "./start-run.ts";

/** Starts a run, prints its page, and waits for its output. */
export async function runTask(request: RunRequest, { controlPlane, stopped, hosted }: Surroundings): Promise<void> {
  const { subject, flags } = request;
  const output = createOutput(flags);
  const uncaught = watchUncaught(subject.from === "file" ? subject.file : "The client");
  try {
    const starting = startRun(request, controlPlane, {
      say: (text, about) => output.progress.say(text, about),
      note: (text) => output.note(text),
    });
    const run = await Promise.race([starting, uncaught.first, stopped]);
    if (run === undefined) {
      process.exitCode = interrupted;
      return;
    }
    // The run is accepted, so errors of the user's file are only reported from now on.
    uncaught.report = (error) => reportError(error, errorFormat(flags));
    output.note(`Run '${run.name}'${run.url === "" ? "" : `: ${run.url}`}`);
    if (run.scheduledAt !== undefined) output.note(`It begins at ${timeText(run.scheduledAt)}.`);
    if (flags.detach === true) output.result(runJson(run), run.name);
    else await waitFor(run, request, { output, stopped, hosted });
  } finally {
    output.progress.stop();
  }
}

interface Waiting extends Pick<Surroundings, "stopped" | "hosted"> {
  readonly output: Output;
}

async function waitFor(run: Run, { flags }: RunRequest, { output, stopped, hosted }: Waiting): Promise<void> {
  const stop = new AbortController();
  const showing = showProgress(run, output, { logs: flags.follow ?? process.stderr.isTTY, signal: stop.signal });
  try {
    const phase = await Promise.race([run.wait({ throws: false }), stopped]);
    if (phase === undefined) {
      process.exitCode = interrupted;
      output.note(leave(run.name, hosted));
      return;
    }
    await showing.drained();
  } finally {
    stop.abort();
    output.progress.stop();
  }
  await showFailure(run, output).catch(() => {});
  await run.wait();
  await printOutput(run, output);
}

async function printOutput(run: Run, output: Output): Promise<void> {
  const { outputToJson } = await import("@appenv/client/tasks");
  const { output: value, interface: type } = await run.values();
  const json = type?.output === undefined ? null : outputToJson(type.output, value);
  if (type?.output === undefined && !output.json) output.note(`Run '${run.name}' has succeeded.`);
  else output.result({ ...runJson(run), output: json }, JSON.stringify(json));
}

function leave(name: string, hosted: boolean): string {
  return hosted
    ? `Run '${name}' has not ended. It is continued when a platform runs here again: \`appenv up\`.`
    : `Run '${name}' goes on. \`appenv abort run ${name}\` ends it.`;
}
