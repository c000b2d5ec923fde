import type { Command } from "commander";
import { createCommand, parseCount, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { printLines, stopSignal } from "../output/logs.ts";
import { createOutput } from "../output/output.ts";
import { actionNamed } from "../runs/find-action.ts";

interface Options extends ControlPlaneFlags {
  readonly follow?: boolean;
  readonly attempt?: number;
  readonly lines?: number;
}

/** `appenv logs run RUN [ACTION]`: shows what an action wrote. */
export function logsRunCommand(): Command {
  const command = createCommand("run", "show what the first action of a run wrote, or another action")
    .argument("<run>", "the run")
    .argument("[action]", "the action, from `appenv get action RUN` (default: a0, the first)")
    .option("-f, --follow", "go on with new lines until it has ended, or Ctrl-C")
    .option("--attempt <number>", "only this attempt's lines (default: all)", parseCount)
    .option("-l, --lines <count>", "only the last lines (default: all there are)", parseCount)
    .action(showLogs);
  return withOutput(withControlPlane(command), [
    "appenv logs run monday",
    "appenv logs run monday --follow --lines 20",
  ]);
}

async function showLogs(name: string, action: string | undefined, options: Options): Promise<void> {
  const { Run } = await import("@appenv/client/tasks");
  const run = await Run.get(name, controlPlaneOf(options));
  const { follow = false } = options;
  const signal = stopSignal(follow);
  const lines = run.logs({
    follow,
    signal,
    ...(action === undefined ? {} : { action: await actionNamed(run, action) }),
    ...(options.attempt === undefined ? {} : { attempt: options.attempt }),
    ...(options.lines === undefined ? {} : { limit: options.lines }),
  });
  await printLines(lines, ({ at, text }) => `${at.toISOString()}  ${text}`, createOutput(options), signal);
}
