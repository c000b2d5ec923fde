import type { Command } from "commander";
import { AppEnvError } from "@appenv/core";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

/** `appenv delete trigger TASK NAME`: removes a trigger. */
export function deleteTriggerCommand(): Command {
  const command = createCommand("trigger", "remove a trigger; no error if there is none")
    .argument("<task>", "the task as ENVIRONMENT.TASK")
    .argument("<name>", "the trigger")
    .action(deleteTrigger);
  return withOutput(withControlPlane(command), ["appenv delete trigger reports.daily every-morning"]);
}

async function deleteTrigger(task: string, name: string, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { Trigger } = await import("@appenv/client/tasks");
  try {
    await (await Trigger.get(task, name, controlPlaneOf(options))).delete();
  } catch (error) {
    if (!AppEnvError.is(error, "NOT_FOUND")) throw error;
    output.result({ task, name, deleted: false }, `There was no trigger '${name}' of '${task}'.`);
    return;
  }
  output.result({ task, name, deleted: true }, `Trigger '${name}' of '${task}' is removed.`);
}
