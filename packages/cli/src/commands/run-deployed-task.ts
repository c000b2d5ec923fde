import type { Command } from "commander";
import { createCommand, withOutput } from "../options/common.ts";
import { withRunOptions } from "../options/run.ts";
import { carryOut } from "../serve/carry-out.ts";
import type { RunFlags } from "../runs/request.ts";

/** `appenv run deployed-task NAME [--INPUT VALUE ...]`: runs a task that is deployed. */
export function runDeployedTaskCommand(): Command {
  const command = createCommand(
    "deployed-task",
    "run a deployed task, of any language, and print its output; `appenv get task NAME` shows its inputs",
  )
    .summary("run a task that is deployed")
    .argument("<name>", "the task as ENVIRONMENT.TASK, with @VERSION for another version than the newest")
    .argument("[inputs...]", "the task's inputs, as --NAME VALUE")
    .action(runDeployed);
  return withOutput(withRunOptions(command), [
    "appenv run deployed-task add-one.add_one --x 1",
    "appenv run deployed-task add-one.add_one@4f1c0a9d2b7e6358 --x 1 --detach",
  ]);
}

async function runDeployed(name: string, inputs: readonly string[], flags: RunFlags): Promise<void> {
  const [, task = name, version] = /^(.*?)@(.+)$/.exec(name) ?? [];
  await carryOut({ kind: "run", subject: { from: "deployed", task, version }, words: inputs, flags: flags });
}
