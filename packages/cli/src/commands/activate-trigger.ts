import type { Command } from "commander";
import { createCommand, withOutput, withTarget, type TargetFlags } from "../options/common.ts";
import { targetOf } from "../options/target.ts";
import { createOutput } from "../output/output.ts";

/** `appenv activate trigger TASK NAME`: a trigger fires from now on. */
export function activateTriggerCommand(): Command {
  const command = createCommand("trigger", "let a trigger fire from now on")
    .argument("<task>", "the task as ENVIRONMENT.TASK")
    .argument("<name>", "the trigger")
    .action(activateTrigger);
  return withOutput(withTarget(command), ["appenv activate trigger reports.daily every-morning"]);
}

async function activateTrigger(task: string, name: string, options: TargetFlags): Promise<void> {
  const { Trigger } = await import("@appenv/client/tasks");
  const trigger = await Trigger.get(task, name, targetOf(options));
  await trigger.activate();
  createOutput(options).result({ task, name, active: true }, `Trigger '${name}' of '${task}' is active.`);
}
