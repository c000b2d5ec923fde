import type { Command } from "commander";
import { createCommand, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { printDeleted } from "../output/deleted.ts";
import { createOutput } from "../output/output.ts";

/** `appenv delete app NAME`: removes an app. */
export function deleteAppCommand(): Command {
  const command = createCommand("app", "stop an app and remove it with its logs; no error if it does not exist")
    .argument("<name>", "the app")
    .action(deleteApp);
  return withOutput(withControlPlane(command), ["appenv delete app hello-app"]);
}

async function deleteApp(name: string, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { App } = await import("@appenv/client");
  await printDeleted(output, { text: `app '${name}'`, json: { name } }, async () => {
    const app = await App.get(name, controlPlaneOf(options));
    await output.during(`Removing '${name}' ...`, () => app.delete());
  });
}
