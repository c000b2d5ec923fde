import type { Command } from "commander";
import { createCommand, withOutput, withTarget, type TargetFlags } from "../options/common.ts";
import { targetOf } from "../options/target.ts";
import { appJson } from "../output/app.ts";
import { createOutput } from "../output/output.ts";

/** `appenv deactivate NAME`: stops an app. */
export function deactivateCommand(): Command {
  const command = createCommand("deactivate", "stop an app; it stays on the control plane and can be activated again")
    .argument("<name>", "the app")
    .action(deactivate);
  return withOutput(withTarget(command), ["appenv deactivate hello-app"]);
}

async function deactivate(name: string, options: TargetFlags): Promise<void> {
  const output = createOutput(options);
  const { App } = await import("@appenv/client");
  const app = await App.get(name, targetOf(options));
  output.progress.say(`Stopping '${name}' ...`);
  await app.deactivate().finally(() => output.progress.stop());
  output.result(appJson(app), `App '${name}' is stopped.`);
}
