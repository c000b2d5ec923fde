import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { revisionTable } from "../output/revisions.ts";

/** `appenv get revision APP`: lists the revisions of an app with their weights. */
export function getRevisionCommand(): Command {
  const command = createCommand(
    "revision",
    "list the revisions of an app with their weights: the requests of 100 that each gets",
  )
    .argument("<app>", "the app")
    .action(getRevisions);
  return withOutput(withControlPlane(command), [
    "appenv get revision hello-app",
    "appenv get revision hello-app --json",
  ]);
}

async function getRevisions(name: string, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { App } = await import("@appenv/client");
  const app = await App.get(name, controlPlaneOf(options));
  const revisions = await app.revisions();
  output.result(revisions, revisionTable(revisions));
}
