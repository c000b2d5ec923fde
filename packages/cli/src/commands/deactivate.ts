import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { appJson } from "../output/app.ts";
import { createOutput } from "../output/output.ts";

/** `appenv deactivate NAME`: stops an app. */
export function deactivateCommand(): Command {
  const command = createCommand("deactivate", "stop an app; it stays on the control plane and can be activated again")
    .argument("<name>", "the app")
    .action(deactivate);
  return withOutput(withControlPlane(command), ["appenv deactivate hello-app"]);
}

async function deactivate(name: string, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { App } = await import("@appenv/client");
  const app = await App.get(name, controlPlaneOf(options));
  output.progress.say(`Stopping '${name}' ...`);
  await app.deactivate().finally(() => output.progress.stop());
  output.result(appJson(app), `App '${name}' is stopped.`);
}
