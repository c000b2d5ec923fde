import type { Command } from "commander";
import { createCommand, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { appJson } from "../output/app.ts";
import { createOutput } from "../output/output.ts";

/** `appenv activate NAME`: starts an app again. */
export function activateCommand(): Command {
  const command = createCommand("activate", "start a deactivated app again, and wait until it can answer")
    .argument("<name>", "the app")
    .action(activate);
  return withOutput(withControlPlane(command), ["appenv activate hello-app"]);
}

/** `appenv deactivate NAME`: stops an app. */
export function deactivateCommand(): Command {
  const command = createCommand("deactivate", "stop an app; it stays on the control plane and can be activated again")
    .argument("<name>", "the app")
    .action(deactivate);
  return withOutput(withControlPlane(command), ["appenv deactivate hello-app"]);
}

async function activate(name: string, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { App } = await import("@appenv/client");
  const app = await App.get(name, controlPlaneOf(options));
  await output.during(`Starting '${name}' ...`, () => app.activate());
  output.result(appJson(app), `App '${name}' is now serving.`);
}

async function deactivate(name: string, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { App } = await import("@appenv/client");
  const app = await App.get(name, controlPlaneOf(options));
  await output.during(`Stopping '${name}' ...`, () => app.deactivate());
  output.result(appJson(app), `App '${name}' is stopped.`);
}
