import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { withSelection } from "../options/selection.ts";
import { changeMany, type ChangeManyFlags } from "../runs/change-many.ts";
import { createOutput } from "../output/output.ts";

type Options = ChangeManyFlags;

/** `appenv abort run [NAME]`: cancels a run, or all that are selected. */
export function abortRunCommand(): Command {
  const command = createCommand(
    "run",
    "cancel a run and all its actions, and wait until it has ended; or all that are selected",
  )
    .argument("[name]", "the run")
    .option("--reason <text>", "why, for people")
    .action(abortRun);
  return withOutput(withControlPlane(withSelection(command).option("--yes", "do not ask")), [
    'appenv abort run monday --reason "wrong input"',
    "appenv abort run --task reports.daily --phase RUNNING --created-before 1h",
  ]);
}

async function abortRun(name: string | undefined, options: Options): Promise<void> {
  const output = createOutput(options);
  if (name === undefined) return changeMany("abort", options, output);
  const { Run } = await import("@appenv/client/tasks");
  const run = await Run.get(name, controlPlaneOf(options));
  await output.during(`Aborting '${name}' ...`, async () => {
    await run.abort(options.reason);
    await run.wait({ throws: false });
  });
  const text = run.phase === "ABORTED" ? `Run '${name}' is aborted.` : `Run '${name}' had ended before: ${run.phase}.`;
  output.result({ name, phase: run.phase }, text);
}
