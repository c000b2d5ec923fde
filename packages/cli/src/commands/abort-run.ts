import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

interface Options extends ControlPlaneFlags {
  readonly reason?: string;
}

/** `appenv abort run NAME`: cancels a run. */
export function abortRunCommand(): Command {
  const command = createCommand("run", "cancel a run and all its actions, and wait until it has ended")
    .argument("<name>", "the run")
    .option("--reason <text>", "why, for people")
    .action(abortRun);
  return withOutput(withControlPlane(command), ['appenv abort run monday --reason "wrong input"']);
}

async function abortRun(name: string, options: Options): Promise<void> {
  const output = createOutput(options);
  const { Run } = await import("@appenv/client/tasks");
  const run = await Run.get(name, controlPlaneOf(options));
  await output.during(`Aborting '${name}' ...`, async () => {
    await run.abort(options.reason);
    await run.wait({ throws: false });
  });
  const text = run.phase === "ABORTED" ? `Run '${name}' is aborted.` : `Run '${name}' had ended before: ${run.phase}.`;
  output.result({ name, phase: run.phase }, text);
}
