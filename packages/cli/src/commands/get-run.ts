import { type Command, Option } from "commander";
import type { RunPhase } from "@appenv/core";
import {
  type ControlPlaneFlags,
  createCommand,
  parseCount,
  parseLabel,
  withControlPlane,
  withOutput,
} from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput, type Output } from "../output/output.ts";
import { labelsText, runJson, runTable } from "../output/run.ts";
import { details } from "../output/table.ts";

interface Options extends ControlPlaneFlags {
  readonly task?: string;
  readonly phase?: RunPhase;
  readonly label?: Readonly<Record<string, string>>;
  readonly limit?: number;
}

const phases = ["QUEUED", "RUNNING", "PAUSED", "SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"] satisfies RunPhase[];

/** `appenv get run [NAME]`: shows one run, or the newest of a project and domain. */
export function getRunCommand(): Command {
  const command = createCommand("run", "show a run, or the newest runs of the project and domain")
    .argument("[name]", "the run")
    .option("--task <name>", "only runs of this task, as ENVIRONMENT.TASK")
    .addOption(new Option("--phase <phase>", "only runs in this phase").choices(phases))
    .option("--label <KEY=VALUE>", "only runs with this label; may be repeated", parseLabel)
    .option("--limit <count>", "the maximum number shown (default: 100)", parseCount)
    .action(getRun);
  return withOutput(withControlPlane(command), [
    "appenv get run",
    "appenv get run monday --json",
    "appenv get run --phase FAILED",
    "appenv get run --label webhook-source=github",
  ]);
}

async function getRun(name: string | undefined, options: Options): Promise<void> {
  const output = createOutput(options);
  if (name === undefined) return listRuns(options, output);
  const { Run } = await import("@appenv/client/tasks");
  const json = runJson(await Run.get(name, controlPlaneOf(options)));
  output.result(json, details({ ...json, labels: labelsText(json.labels) }));
}

async function listRuns({ task, phase, label, limit, ...flags }: Options, output: Output): Promise<void> {
  const { Run } = await import("@appenv/client/tasks");
  const runs = await Run.list({
    ...controlPlaneOf(flags),
    ...(task === undefined ? {} : { task }),
    ...(phase === undefined ? {} : { phase }),
    ...(label === undefined ? {} : { labels: label }),
    ...(limit === undefined ? {} : { limit }),
  });
  output.list(runs.map(runJson), runTable(runs), "There are no such runs. `appenv run FILE TASK` starts one.");
}
