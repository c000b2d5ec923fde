import type { Command } from "commander";
import { createCommand, withControlPlane, withOutput } from "../options/common.ts";
import { withSelection } from "../options/selection.ts";
import { createOutput } from "../output/output.ts";
import { changeMany, type ChangeManyFlags } from "../runs/change-many.ts";

/** `appenv rerun run --task TASK ...`: starts all runs again that are selected. */
export function rerunRunsCommand(): Command {
  const command = createCommand("run", "start all runs again that are selected, each with the same task and inputs")
    .option("--idempotency-key <key>", "commands with the same key start each run again once, whichever were cut")
    .option("--yes", "do not ask")
    .action((options: ChangeManyFlags) => changeMany("rerun", options, createOutput(options)));
  return withOutput(withControlPlane(withSelection(command)), [
    "appenv rerun run --phase FAILED --created-after 1h",
    "appenv rerun run --label batch=7 --yes",
  ]);
}
