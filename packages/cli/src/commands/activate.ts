import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { appJson } from "../output/app.ts";
import { createOutput } from "../output/output.ts";

/** `appenv activate NAME`: starts an app again. */
export function activateCommand(): Command {
  const command = createCommand("activate", "start an app again that was deactivated, and wait until it can answer")
    .argument("<name>", "the app")
    .action(activate);
  return withOutput(withControlPlane(command), ["appenv activate hello-app"]);
}

async function activate(name: string, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { App } = await import("@appenv/client");
  const app = await App.get(name, controlPlaneOf(options));
  output.progress.say(`Starting '${name}' ...`);
  await app.activate().finally(() => output.progress.stop());
  output.result(appJson(app), `App '${name}' is now serving.`);
}
