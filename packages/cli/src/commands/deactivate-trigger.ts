import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

/** `appenv deactivate trigger TASK NAME`: a trigger does not fire until it is activated again. */
export function deactivateTriggerCommand(): Command {
  const command = createCommand("trigger", "keep a trigger from firing until it is activated again")
    .argument("<task>", "the task as ENVIRONMENT.TASK")
    .argument("<name>", "the trigger")
    .action(deactivateTrigger);
  return withOutput(withControlPlane(command), ["appenv deactivate trigger reports.daily every-morning"]);
}

async function deactivateTrigger(task: string, name: string, options: ControlPlaneFlags): Promise<void> {
  const { Trigger } = await import("@appenv/client/tasks");
  const trigger = await Trigger.get(task, name, controlPlaneOf(options));
  await trigger.deactivate();
  createOutput(options).result({ task, name, active: false }, `Trigger '${name}' of '${task}' does not fire any more.`);
}
