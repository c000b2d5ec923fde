import type { Command } from "commander";
import { createCommand, withControlPlane, withOutput } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { withSelection } from "../options/selection.ts";
import { printDeleted } from "../output/deleted.ts";
import { createOutput } from "../output/output.ts";
import { changeMany, type ChangeManyFlags } from "../runs/change-many.ts";

/** `appenv delete run [NAME]`: deletes a run that has ended, or all that are selected. */
export function deleteRunCommand(): Command {
  const command = createCommand(
    "run",
    "delete a run that has ended, or all that are selected, with their logs and files",
  )
    .argument("[name]", "the run")
    .action(deleteRun);
  return withOutput(withControlPlane(withSelection(command).option("--yes", "do not ask")), [
    "appenv delete run monday",
    "appenv delete run --created-before 30d --yes",
    "appenv delete run --task reports.daily --phase FAILED",
  ]);
}

async function deleteRun(name: string | undefined, options: ChangeManyFlags): Promise<void> {
  const output = createOutput(options);
  if (name === undefined) return changeMany("delete", options, output);
  const { Run } = await import("@appenv/client/tasks");
  await printDeleted(output, { text: `run '${name}'`, json: { name } }, async () => {
    const run = await Run.get(name, controlPlaneOf(options));
    await output.during(`Deleting '${name}' ...`, () => run.delete());
  });
}
