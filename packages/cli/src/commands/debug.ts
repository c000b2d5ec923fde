import type { Command } from "commander";
import type { Run } from "@appenv/client/tasks";
import { type ControlPlaneFlags, createCommand, parsePort, withControlPlane, withOutput } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput, type Output } from "../output/output.ts";
import type { Replayed } from "../debug/recorded-answers.ts";
import { actionNamed } from "../runs/find-action.ts";

interface Options extends ControlPlaneFlags {
  readonly action?: string;
  readonly port?: number;
}

/** Node's own. */
const usualPort = 9229;

/** `appenv debug RUN [--action ACTION]`: runs the code of an action again under Node's inspector. */
export function debugCommand(): Command {
  const command = createCommand("debug", "run the code of a run again under Node's inspector, with what was recorded")
    .argument("<run>", "the run")
    .option("--action <action>", "one of its actions (default: the task that failed first, else a0)")
    .option("--port <port>", `the inspector's port; 0: any (default: ${usualPort})`, parsePort)
    .action(debug);
  return withOutput(withControlPlane(command), ["appenv debug monday", "appenv debug monday --action pack#2"]);
}

async function debug(name: string, { action, port = usualPort, ...flags }: Options): Promise<void> {
  const output = createOutput(flags);
  const { Run } = await import("@appenv/client/tasks");
  const run = await Run.get(name, controlPlaneOf(flags));
  const recording = await run.recording(action === undefined ? await failedTask(run) : await actionNamed(run, action));
  const { replayAttempt } = await import("../debug/replay-attempt.ts");
  output.note(
    `Replaying '${recording.definition.environment}.${recording.definition.taskName}' (${recording.id.action}).`,
  );
  const end = await replayAttempt(recording, port, () =>
    output.note("Attach a debugger (chrome://inspect, or that of an editor); it stops where your function is called."),
  );
  show(end, output);
  // Code of the task may hold the process up. Node waits until the debugger is detached.
  process.exit();
}

/** The task that failed first, or that called what failed. */
async function failedTask(run: Run): Promise<string> {
  const { firstFailure } = await import("@appenv/client/tasks");
  const actions = await run.actions();
  const failed = firstFailure(actions);
  return (failed?.kind === "task" ? failed.name : failed?.parent) ?? "a0";
}

function show(end: Replayed, output: Output): void {
  if (end.type === "beyond") {
    return output.result(end, `It asks for ${end.what}, of which nothing is recorded: the replay ends here.`);
  }
  if (end.type !== "succeeded") {
    const { code, message } = end.error;
    return output.result({ type: end.type, error: { code, message } }, `It ended as ${end.type}: ${code}: ${message}`);
  }
  output.result({ type: end.type }, "It succeeded.");
}
