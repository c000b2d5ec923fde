import type { Command } from "commander";
import type { App, MetricsPoint } from "@appenv/client";
import { AppEnvError } from "@appenv/core";
import { createCommand, parseCount, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { appDetails, appJson, appTable, standingJson } from "../output/app.ts";
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
  const [load, report] = await Promise.all([lastMinute(app), whereMeasured(app.listReplicas(), undefined)]);
  output.result({ ...appJson(app, load), ...standingJson(report) }, appDetails(app, load, report));
}

async function listApps({ limit, ...flags }: Options, output: Output): Promise<void> {
  const { App } = await import("@appenv/client");
  const at = controlPlaneOf(flags);
  const [apps, loads] = await Promise.all([
    App.list({ ...at, ...(limit === undefined ? {} : { limit }) }),
    whereMeasured(App.listMetrics(at), new Map()),
  ]);
  const rows = apps.map((app) => appJson(app, loads.get(app.name)));
  output.list(rows, appTable(apps, loads), "There are no apps yet. `appenv serve FILE` serves one.");
}

async function lastMinute(app: App): Promise<MetricsPoint | undefined> {
  const from = new Date(Date.now() - 60_000);
  const metrics = await whereMeasured(app.metrics({ from, step: "60s" }), undefined);
  return metrics?.points[0];
}

/** Clusters measure apps in ways of their own, and so does a platform that runs an older version. */
async function whereMeasured<T, O>(asked: Promise<T>, other: O): Promise<T | O> {
  try {
    return await asked;
  } catch (error) {
    if (AppEnvError.is(error, "UNSUPPORTED")) return other;
    throw error;
  }
}
