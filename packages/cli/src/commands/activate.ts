import type { Command } from "commander";
import { createCommand, withOutput, withTarget, type TargetFlags } from "../options/common.ts";
import { targetOf } from "../options/target.ts";
import { appJson } from "../output/app.ts";
import { createOutput } from "../output/output.ts";

/** `appenv activate NAME`: starts an app again. */
export function activateCommand(): Command {
  const command = createCommand("activate", "start an app again that was deactivated, and wait until it can answer")
    .argument("<name>", "the app")
    .action(activate);
  return withOutput(withTarget(command), ["appenv activate hello-app"]);
}

async function activate(name: string, options: TargetFlags): Promise<void> {
  const output = createOutput(options);
  const { App } = await import("@appenv/client");
  const app = await App.get(name, targetOf(options));
  output.progress.say(`Starting '${name}' ...`);
  await app.activate().finally(() => output.progress.stop());
  output.result(appJson(app), `App '${name}' is now serving.`);
}
