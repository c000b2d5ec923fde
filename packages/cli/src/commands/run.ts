import type { Command } from "commander";
import { createCommand, withOutput } from "../options/common.ts";
import { withRunOptions } from "../options/run.ts";
import { carryOut } from "../serve/carry-out.ts";
import type { RunFlags } from "../runs/request.ts";

/** `appenv run FILE [TASK] [--INPUT VALUE ...]`: runs a task of a file. */
export async function runCommand(args: readonly string[]): Promise<Command> {
  const command = createCommand(
    "run",
    "run a task of a file and print its output as JSON. Its inputs are options of the same names; " +
      "`--help` after FILE and TASK shows them. Without a control plane it starts the platform, which ends with the run.",
  )
    .argument("<file>", "the file that exports the task, or its environment")
    .argument("[task]", "the task; needed only if the file has several")
    .argument("[inputs...]", "the task's inputs, as --NAME VALUE")
    .action(runFile);
  withOutput(withRunOptions(command), [
    "appenv run tasks.ts add_one --x 1",
    "appenv run tasks.ts add_one --help",
    "appenv run tasks.ts report --name monday --label team=shop --follow",
    "appenv run deployed-task add-one.add_one --x 1",
  ]);
  const [file, task] = args.slice(args.indexOf("run") + 1).filter((word) => !word.startsWith("-"));
  if (asksForHelp(args) && file !== undefined && file !== "deployed-task") await showInputsOf(command, file, task);
  return command;
}

/** Tells whether the help is asked for. */
export function asksForHelp(args: readonly string[]): boolean {
  return args.includes("--help") || args.includes("-h");
}

async function showInputsOf(command: Command, file: string, name: string | undefined): Promise<void> {
  const [{ pickTask }, { showInputs }] = await Promise.all([
    import("@appenv/client/internal"),
    import("../runs/input-help.ts"),
  ]);
  const { task } = await pickTask(file, name);
  command.description(task.settings.description ?? `run '${task.fullName}'`);
  showInputs(command, task.fullName, task.interface);
}

async function runFile(
  file: string,
  task: string | undefined,
  inputs: readonly string[],
  flags: RunFlags,
): Promise<void> {
  // A file with one task needs no name: then the first word may be an input's.
  const isNamed = task !== undefined && !task.startsWith("-");
  const words = task === undefined || isNamed ? inputs : [task, ...inputs];
  await carryOut({
    kind: "run",
    subject: { from: "file", file, task: isNamed ? task : undefined },
    words: words,
    flags: flags,
  });
}
