import type { Command } from "commander";
import { createCommand, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { backfillJson } from "../output/backfill.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { timeText } from "../output/run.ts";
import { table } from "../output/table.ts";

/** `appenv get backfill`: lists the backfills of triggers. */
export function getBackfillCommand(): Command {
  const command = createCommand("backfill", "list the backfills of triggers, with their progress").action(getBackfills);
  return withOutput(withControlPlane(command), ["appenv get backfill"]);
}

async function getBackfills(flags: ControlPlaneFlags): Promise<void> {
  const { Backfill } = await import("@appenv/client/tasks");
  const found = await Backfill.list(controlPlaneOf(flags));
  const rows = found.map(({ id, task, trigger, from, to, total, succeeded, failed, phase }) => [
    id,
    task,
    trigger,
    timeText(from),
    timeText(to),
    `${succeeded + failed} of ${total}`,
    String(failed),
    phase,
  ]);
  const columns = ["ID", "TASK", "TRIGGER", "FROM", "TO", "ENDED", "FAILED", "PHASE"];
  createOutput(flags).list(found.map(backfillJson), table(columns, rows), "There are no backfills.");
}
