import type { Command } from "commander";
import { createCommand, parseCount, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { appDetails, appJson, appTable } from "../output/app.ts";
import { createOutput, type Output } from "../output/output.ts";

interface Options extends ControlPlaneFlags {
  readonly limit?: number;
}

/** `appenv get app [NAME]`: shows one app, or all of a project and domain. */
export function getAppCommand(): Command {
  const command = createCommand("app", "show an app, or all apps of the project and domain")
    .argument("[name]", "the app")
    .option("--limit <count>", "the maximum number shown (default: 100)", parseCount)
    .action(getApp);
  return withOutput(withControlPlane(command), ["appenv get app", "appenv get app hello-app --json"]);
}

async function getApp(name: string | undefined, options: Options): Promise<void> {
  const output = createOutput(options);
  if (name === undefined) return listApps(options, output);
  const { App } = await import("@appenv/client");
  const app = await App.get(name, controlPlaneOf(options));
  output.result(appJson(app), appDetails(app));
}

async function listApps({ limit, ...flags }: Options, output: Output): Promise<void> {
  const { App } = await import("@appenv/client");
  const apps = await App.list({ ...controlPlaneOf(flags), ...(limit === undefined ? {} : { limit }) });
  output.list(apps.map(appJson), appTable(apps), "There are no apps yet. `appenv serve FILE` serves one.");
}
