import type { Command } from "commander";
import { type ControlPlaneFlags, createCommand, withControlPlane, withOutput } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { actionJson, actionTable } from "../output/run.ts";
import { details } from "../output/table.ts";

/** `appenv get action RUN [ACTION]`: shows the actions of a run, or one of them. */
export function getActionCommand(): Command {
  const command = createCommand("action", "show the actions of a run, or one of them with why it failed")
    .argument("<run>", "the run")
    .argument("[action]", "the action; a0 is the first")
    .action(getAction);
  return withOutput(withControlPlane(command), ["appenv get action monday", "appenv get action monday a0 --json"]);
}

async function getAction(name: string, action: string | undefined, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { Run } = await import("@appenv/client/tasks");
  const run = await Run.get(name, controlPlaneOf(options));
  if (action === undefined) {
    const actions = await run.actions();
    output.result(actions.map(actionJson), actionTable(actions));
  } else {
    const json = actionJson(await run.action(action));
    output.result(json, details(json));
  }
}
