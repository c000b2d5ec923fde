import type { Command } from "commander";
import { AppEnvError } from "@appenv/core";
import { createCommand, withControlPlane, withOutput, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";

/** `appenv abort backfill ID`: starts no more of its runs. */
export function abortBackfillCommand(): Command {
  const command = createCommand("backfill", "start no more runs of a backfill; those that go on are left")
    .argument("<id>", "the backfill, from `appenv get backfill`")
    .action(abort);
  return withOutput(withControlPlane(command), ["appenv abort backfill 3"]);
}

async function abort(id: string, flags: ControlPlaneFlags): Promise<void> {
  const { Backfill } = await import("@appenv/client/tasks");
  const found = (await Backfill.list(controlPlaneOf(flags))).find((each) => each.id === id);
  if (found === undefined)
    throw new AppEnvError("NOT_FOUND", `There is no backfill '${id}'.`, { fix: "See `appenv get backfill`." });
  await found.abort();
  createOutput(flags).result({ id, phase: "ABORTED" }, `Backfill ${id} starts no more runs.`);
}
