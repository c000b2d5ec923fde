import type { Command } from "commander";
import { createCommand, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

interface Flags extends ControlPlaneFlags {
  readonly idempotencyKey?: string;
}

/** `appenv fire TASK NAME`: starts a run as a trigger would, now. */
export function fireCommand(): Command {
  const command = createCommand("fire", "start a run as a trigger would, now; its time table goes on as it was")
    .argument("<task>", "the task as ENVIRONMENT.TASK")
    .argument("<name>", "the trigger")
    .option("--idempotency-key <key>", "commands with the same key start one run")
    .action(fire);
  return withOutput(withControlPlane(command), ["appenv fire reports.daily every-morning"]);
}

async function fire(task: string, name: string, { idempotencyKey, ...options }: Flags): Promise<void> {
  const output = createOutput(options);
  const { Trigger } = await import("@appenv/client/tasks");
  const trigger = await Trigger.get(task, name, controlPlaneOf(options));
  const run = await trigger.fire(idempotencyKey === undefined ? {} : { idempotencyKey });
  output.note(
    `Trigger '${name}' of '${task}' has started the run '${run.name}'${run.url === "" ? "" : `: ${run.url}`}`,
  );
  output.result({ task, trigger: name, run: run.name, url: run.url }, run.name);
}
