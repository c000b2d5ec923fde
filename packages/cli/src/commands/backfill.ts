import type { Command } from "commander";
import { AppEnvError } from "@appenv/core";
import {
  createCommand,
  parseCount,
  parseDate,
  withControlPlane,
  withOutput,
  type ControlPlaneFlags,
} from "../options/common.ts";
import { backfillJson } from "../output/backfill.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

interface Flags extends ControlPlaneFlags {
  readonly from: Date;
  readonly to?: Date;
  readonly concurrency?: number;
  readonly detach?: boolean;
}

/** `appenv backfill TASK NAME --from DATE`: starts the runs that a trigger would have started. */
export function backfillCommand(): Command {
  const command = createCommand(
    "backfill",
    "start the runs that a trigger would have started in a span of time, in order; firings that have a run are left out",
  )
    .argument("<task>", "the task as ENVIRONMENT.TASK")
    .argument("<name>", "the trigger")
    .requiredOption("--from <date>", "the first firing is at this time or after it", parseDate)
    .option("--to <date>", "the last firing is before this time (default: now)", parseDate)
    .option("--concurrency <count>", "the maximum number of its runs at once (default: 1)", parseCount)
    .option("--detach", "do not wait for the runs")
    .action(backfill);
  return withOutput(withControlPlane(command), [
    "appenv backfill reports.daily every-morning --from 2026-11-01 --to 2026-12-01",
    "appenv backfill reports.daily every-morning --from 2026-11-01 --concurrency 4 --detach",
  ]);
}

async function backfill(task: string, name: string, { from, to, concurrency, detach, ...flags }: Flags): Promise<void> {
  const output = createOutput(flags);
  const { Trigger } = await import("@appenv/client/tasks");
  const trigger = await Trigger.get(task, name, controlPlaneOf(flags));
  const started = await trigger.backfill({ from, ...(to && { to }), ...(concurrency && { concurrency }) });
  output.note(`Backfill ${started.id}: ${started.total} firings of '${name}'.`);
  if (detach === true) return output.result(backfillJson(started), started.id);
  const ended = await started
    .wait({
      onProgress: ({ succeeded, failed, total }) => output.progress.say(`${succeeded + failed} of ${total} runs ended`),
    })
    .finally(() => output.progress.stop());
  output.result(backfillJson(ended), `${ended.succeeded} of ${ended.total} runs succeeded.`);
  if (ended.phase === "FAILED") {
    throw new AppEnvError(
      "TASK_FAILED",
      `${ended.failed} of ${ended.total} runs of the backfill ${ended.id} did not succeed.`,
      {
        fix: `Look at them: \`appenv get run --label appenv.dev/backfill=${ended.id}\`.`,
      },
    );
  }
}
