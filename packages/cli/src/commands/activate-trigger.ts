import type { Command } from "commander";
import { createCommand, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

/** `appenv activate trigger TASK NAME`: a trigger fires from now on. */
export function activateTriggerCommand(): Command {
  const command = createCommand("trigger", "let a trigger fire from now on");
  return withOutput(triggerArguments(command, true), ["appenv activate trigger reports.daily every-morning"]);
}

/** `appenv deactivate trigger TASK NAME`: a trigger does not fire until it is activated again. */
export function deactivateTriggerCommand(): Command {
  const command = createCommand("trigger", "keep a trigger from firing until it is activated again");
  return withOutput(triggerArguments(command, false), ["appenv deactivate trigger reports.daily every-morning"]);
}

function triggerArguments(command: Command, active: boolean): Command {
  return withControlPlane(
    command
      .argument("<task>", "the task as ENVIRONMENT.TASK")
      .argument("<name>", "the trigger")
      .action((task: string, name: string, options: ControlPlaneFlags) => setActive({ task, name, active }, options)),
  );
}

async function setActive(
  json: { readonly task: string; readonly name: string; readonly active: boolean },
  options: ControlPlaneFlags,
): Promise<void> {
  const { task, name, active } = json;
  const { Trigger } = await import("@appenv/client/tasks");
  const trigger = await Trigger.get(task, name, controlPlaneOf(options));
  await (active ? trigger.activate() : trigger.deactivate());
  createOutput(options).result(
    json,
    `Trigger '${name}' of '${task}' ${active ? "is active" : "does not fire any more"}.`,
  );
}
