import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

/** `appenv activate trigger TASK NAME`: a trigger fires from now on. */
export function activateTriggerCommand(): Command {
  const command = createCommand("trigger", "let a trigger fire from now on")
    .argument("<task>", "the task as ENVIRONMENT.TASK")
    .argument("<name>", "the trigger")
    .action(activateTrigger);
  return withOutput(withControlPlane(command), ["appenv activate trigger reports.daily every-morning"]);
}

async function activateTrigger(task: string, name: string, options: ControlPlaneFlags): Promise<void> {
  const { Trigger } = await import("@appenv/client/tasks");
  const trigger = await Trigger.get(task, name, controlPlaneOf(options));
  await trigger.activate();
  createOutput(options).result({ task, name, active: true }, `Trigger '${name}' of '${task}' is active.`);
}
