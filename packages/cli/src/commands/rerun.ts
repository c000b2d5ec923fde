import type { Command } from "commander";
import { createCommand, withOutput } from "../options/common.ts";
import { withRunOptions } from "../options/run.ts";
import { carryOut } from "../serve/carry-out.ts";
import type { RunFlags } from "../runs/request.ts";

interface Flags extends RunFlags {
  readonly recover?: boolean;
  /** The action. */
  readonly from?: string;
}

/** `appenv rerun RUN [--INPUT VALUE ...]`: runs the task of a run again. */
export function rerunCommand(): Command {
  const command = createCommand("rerun", "run the task of a run again, with the same inputs or other ones")
    .argument("<run>", "the run")
    .argument("[inputs...]", "other inputs, as --NAME VALUE")
    .option("--recover", "keep what succeeded in that run, and run only the rest again")
    .option("--from <action>", "run again from this action, whose inputs may be others; keep what came before it")
    .action(rerun);
  return withOutput(withRunOptions(command), [
    "appenv rerun monday",
    "appenv rerun monday --recover",
    "appenv rerun monday --x 2",
    "appenv rerun monday --from weigh --grams 250",
  ]);
}

async function rerun(run: string, inputs: readonly string[], given: Flags): Promise<void> {
  const { recover = false, from: action, ...flags } = given;
  await carryOut({ kind: "run", subject: { from: "run", run, recover, action }, words: inputs, flags });
}
