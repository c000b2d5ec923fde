import type { Command } from "commander";
import { createCommand, parseCount, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { appLine, printLines, stopSignal } from "../output/logs.ts";
import { createOutput } from "../output/output.ts";

interface Options extends ControlPlaneFlags {
  readonly follow?: boolean;
  readonly replica?: string;
  readonly lines?: number;
}

/** `appenv logs app NAME`: shows what an app's replicas wrote. */
export function logsAppCommand(): Command {
  const command = createCommand("app", "show what an app's replicas write")
    .argument("<name>", "the app")
    .option("-f, --follow", "go on with new lines until Ctrl-C")
    .option("--replica <name>", "only this replica's lines")
    .option("-l, --lines <count>", "only the last lines (default: all there are)", parseCount)
    .action(showLogs);
  return withOutput(withControlPlane(command), [
    "appenv logs app hello-app --lines 50",
    "appenv logs app hello-app --follow",
  ]);
}

async function showLogs(name: string, options: Options): Promise<void> {
  const { App } = await import("@appenv/client");
  const app = await App.get(name, controlPlaneOf(options));
  const { follow = false, replica, lines } = options;
  const output = createOutput(options);
  const signal = stopSignal(follow);
  const entries = app.logs({
    follow,
    signal,
    onNote: (text) => output.note(text),
    ...(replica === undefined ? {} : { replica }),
    ...(lines === undefined ? {} : { limit: lines }),
  });
  await printLines(entries, appLine, output, signal);
}
