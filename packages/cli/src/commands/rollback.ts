import type { Command } from "commander";
import { createCommand, parseCount, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { revisionTable } from "../output/revisions.ts";

interface Options extends ControlPlaneFlags {
  readonly to?: number;
}

/** `appenv rollback APP`: gives the requests of the newest revision back to the one before it. */
export function rollbackCommand(): Command {
  const command = createCommand("rollback", "take the newest revision of an app out of traffic")
    .argument("<app>", "the app")
    .option(
      "--to <revision>",
      "the revision that gets all requests (default: the ones that served beside or before it)",
      parseCount,
    )
    .action(rollback);
  return withOutput(withControlPlane(command), ["appenv rollback hello-app", "appenv rollback hello-app --to 3"]);
}

async function rollback(name: string, { to, ...flags }: Options): Promise<void> {
  const output = createOutput(flags);
  const { App } = await import("@appenv/client");
  const app = await App.get(name, controlPlaneOf(flags));
  await output.during(`Rolling '${name}' back ...`, () => app.rollback(to));
  const revisions = await app.revisions();
  output.result(revisions, revisionTable(revisions));
}
