import type { Command } from "commander";
import { AppEnvError } from "@appenv/core";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

/** `appenv delete app NAME`: removes an app. */
export function deleteAppCommand(): Command {
  const command = createCommand("app", "stop an app and remove it with its logs; no error if there is none")
    .argument("<name>", "the app")
    .action(deleteApp);
  return withOutput(withControlPlane(command), ["appenv delete app hello-app"]);
}

async function deleteApp(name: string, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { App } = await import("@appenv/client");
  try {
    const app = await App.get(name, controlPlaneOf(options));
    output.progress.say(`Removing '${name}' ...`);
    await app.delete();
  } catch (error) {
    if (!AppEnvError.is(error, "NOT_FOUND")) throw error;
    output.result({ name, deleted: false }, `There was no app '${name}'.`);
    return;
  } finally {
    output.progress.stop();
  }
  output.result({ name, deleted: true }, `App '${name}' is removed.`);
}
