import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open, waitForDebugger } from "node:inspector";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Recording } from "@appenv/client/tasks";
import { startWorker } from "@appenv/runtime/worker";
import { RecordedAnswers, type Replayed } from "./recorded-answers.ts";

/** The attempt is the only one of its worker. */
const attemptId = 1;

/**
 * Runs the code of an attempt again in this process, under Node's inspector, from the moment a debugger is attached. The
 * process is the attempt's from then on: its working directory, env vars and output.
 *
 * @param port - Of the inspector; 0: any.
 * @param listening - Called when Node has written the inspector's URL, before it waits.
 */
export async function replayAttempt(recording: Recording, port: number, listening: () => void): Promise<Replayed> {
  const { id, definition, attempt, inputs, labels, envVars } = recording;
  const { launch } = definition;
  if (launch.kind !== "bundle") throw new Error("the code of an image cannot be replayed");
  const code = await recording.code();
  open(port, "127.0.0.1");
  listening();
  // Ctrl-C ends the process at once while it waits, or is paused: no code of ours runs then.
  waitForDebugger();
  const folder = mkdtempSync(join(tmpdir(), "appenv-debug-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, `${launch.environment}.mjs`);
  writeFileSync(file, code);
  const answers = new RecordedAnswers(recording);
  const worker = await startWorker(
    { send: async (message) => answers.take(message) },
    {
      worker: `debug-${id.run}`,
      launch: { file, environment: launch.environment },
      workdir: existsSync(launch.workdir) ? launch.workdir : process.cwd(),
      env: { ...definition.envVars, ...envVars },
      objects: join(folder, "files"),
      project: id.project,
      domain: id.domain,
    },
  );
  answers.worker = worker;
  const { run, action } = id;
  const start = { id: attemptId, run, action, task: definition.taskName, attempt, inputs, labels, envVars };
  worker.handle({ type: "attempts", attempts: [{ ...start, deadline: undefined, breaks: true }] });
  return answers.end;
}
