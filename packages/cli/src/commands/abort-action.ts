import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { actionNamed } from "../runs/find-action.ts";

interface Options extends ControlPlaneFlags {
  readonly reason?: string;
}

/** `appenv abort action RUN ACTION`: cancels an action. */
export function abortActionCommand(): Command {
  const command = createCommand("action", "cancel an action of a run, and all below it; its parent gets an error")
    .argument("<run>", "the run")
    .argument("<action>", "the action, from `appenv get action RUN`")
    .option("--reason <text>", "why, for people")
    .action(abortAction);
  return withOutput(withControlPlane(command), ["appenv abort action monday a0"]);
}

async function abortAction(name: string, action: string, options: Options): Promise<void> {
  const { Run } = await import("@appenv/client/tasks");
  const run = await Run.get(name, controlPlaneOf(options));
  const found = await run.action(await actionNamed(run, action));
  await run.abort(options.reason, found.name);
  createOutput(options).result(
    { run: name, action: found.name, aborted: true },
    `Action '${action}' of '${name}' is being aborted.`,
  );
}
