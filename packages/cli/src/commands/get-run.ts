import type { Command } from "commander";
import { createCommand, parseCount, withControlPlane, withOutput } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { selectionOf, withSelection, type SelectionFlags } from "../options/selection.ts";
import { createOutput, type Output } from "../output/output.ts";
import { showFailure } from "../runs/show-failure.ts";
import { labelsText, reasonJson, runJson, runTable } from "../output/run.ts";
import { notificationsOf, notificationText } from "../output/notifications.ts";
import { progressJson, progressText } from "../output/run-progress.ts";
import { details } from "../output/table.ts";

interface Options extends SelectionFlags {
  readonly limit?: number;
}

/** `appenv get run [NAME]`: shows one run, or the newest of a project and domain. */
export function getRunCommand(): Command {
  const command = withSelection(
    createCommand("run", "show a run, or the newest runs of the project and domain").argument("[name]", "the run"),
  )
    .option("--limit <count>", "the maximum number shown (default: 100)", parseCount)
    .action(getRun);
  return withOutput(withControlPlane(command), [
    "appenv get run",
    "appenv get run monday --json",
    "appenv get run --phase FAILED",
    "appenv get run --label webhook-source=github",
    'appenv get run --created-after 1h --text "out of memory"',
  ]);
}

async function getRun(name: string | undefined, options: Options): Promise<void> {
  const output = createOutput(options);
  if (name === undefined) return listRuns(options, output);
  const { Run } = await import("@appenv/client/tasks");
  const run = await Run.get(name, controlPlaneOf(options));
  const notified = await notificationsOf(run);
  const notifications = notified.length === 0 ? undefined : notified;
  const reason = run.failure === undefined ? (await Run.reasons([run])).get(run.name) : undefined;
  const about = { ...reasonJson(reason), ...(await progressJson(run)), ...(notifications && { notifications }) };
  const json = { ...runJson(run), ...about };
  const progress = json.progress && progressText(json.progress);
  const shown = { progress, notifications: notifications?.map(notificationText).join("; ") };
  output.result(json, details({ ...json, labels: labelsText(json.labels), ...shown }));
  await showFailure(run, output);
}

async function listRuns({ limit, ...flags }: Options, output: Output): Promise<void> {
  const { Run } = await import("@appenv/client/tasks");
  const runs = await Run.list({ ...selectionOf(flags), ...(limit === undefined ? {} : { limit }) });
  const reasons = await Run.reasons(runs);
  const json = runs.map((run) => ({ ...runJson(run), ...reasonJson(reasons.get(run.name)) }));
  output.list(json, runTable(runs, reasons), "There are no such runs. `appenv run FILE TASK` starts one.");
}
