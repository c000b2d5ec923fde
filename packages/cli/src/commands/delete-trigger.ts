import type { Command } from "commander";
import { createCommand, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { printDeleted } from "../output/deleted.ts";
import { createOutput } from "../output/output.ts";

/** `appenv delete trigger TASK NAME`: removes a trigger. */
export function deleteTriggerCommand(): Command {
  const command = createCommand("trigger", "remove a trigger; no error if it does not exist")
    .argument("<task>", "the task as ENVIRONMENT.TASK")
    .argument("<name>", "the trigger")
    .action(deleteTrigger);
  return withOutput(withControlPlane(command), ["appenv delete trigger reports.daily every-morning"]);
}

async function deleteTrigger(task: string, name: string, options: ControlPlaneFlags): Promise<void> {
  const { Trigger } = await import("@appenv/client/tasks");
  await printDeleted(
    createOutput(options),
    { text: `trigger '${name}' of '${task}'`, json: { task, name } },
    async () => (await Trigger.get(task, name, controlPlaneOf(options))).delete(),
  );
}
