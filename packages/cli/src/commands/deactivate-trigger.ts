import type { Command } from "commander";
import { createCommand, withOutput, withTarget, type TargetFlags } from "../options/common.ts";
import { targetOf } from "../options/target.ts";
import { createOutput } from "../output/output.ts";

/** `appenv deactivate trigger TASK NAME`: a trigger does not fire until it is activated again. */
export function deactivateTriggerCommand(): Command {
  const command = createCommand("trigger", "keep a trigger from firing until it is activated again")
    .argument("<task>", "the task as ENVIRONMENT.TASK")
    .argument("<name>", "the trigger")
    .action(deactivateTrigger);
  return withOutput(withTarget(command), ["appenv deactivate trigger reports.daily every-morning"]);
}

async function deactivateTrigger(task: string, name: string, options: TargetFlags): Promise<void> {
  const { Trigger } = await import("@appenv/client/tasks");
  const trigger = await Trigger.get(task, name, targetOf(options));
  await trigger.deactivate();
  createOutput(options).result({ task, name, active: false }, `Trigger '${name}' of '${task}' does not fire any more.`);
}
