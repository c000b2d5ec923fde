import type { Command } from "commander";
import { createCommand, withOutput } from "../options/common.ts";
import { withRunOptions } from "../options/run.ts";
import { carryOut } from "../runs/carry-out.ts";
import type { RunFlags } from "../runs/request.ts";

interface Flags extends RunFlags {
  readonly recover?: boolean;
}

/** `appenv rerun RUN [--INPUT VALUE ...]`: runs the task of a run again. */
export function rerunCommand(): Command {
  const command = createCommand("rerun", "run the task of a run again, with its inputs or some that are different")
    .argument("<run>", "the run")
    .argument("[inputs...]", "inputs that are different, as --NAME VALUE")
    .option("--recover", "keep what succeeded in the run; only the rest runs again")
    .action(rerun);
  return withOutput(withRunOptions(command), [
    "appenv rerun monday",
    "appenv rerun monday --recover",
    "appenv rerun monday --x 2",
  ]);
}

async function rerun(run: string, inputs: readonly string[], { recover = false, ...flags }: Flags): Promise<void> {
  await carryOut({ from: "run", run, recover }, inputs, flags);
}
