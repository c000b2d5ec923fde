import type { Command } from "commander";
import { createCommand, withOutput, withTarget, type TargetFlags } from "../options/common.ts";
import { targetOf } from "../options/target.ts";
import { createOutput } from "../output/output.ts";
import { revisionTable } from "../output/revisions.ts";

/** `appenv get revision APP`: lists the revisions of an app and their shares of its requests. */
export function getRevisionCommand(): Command {
  const command = createCommand("revision", "list the revisions of an app, and the share of requests each gets")
    .argument("<app>", "the app")
    .action(getRevisions);
  return withOutput(withTarget(command), ["appenv get revision hello-app", "appenv get revision hello-app --json"]);
}

async function getRevisions(name: string, options: TargetFlags): Promise<void> {
  const output = createOutput(options);
  const { App } = await import("@appenv/client");
  const app = await App.get(name, targetOf(options));
  const revisions = await app.revisions();
  output.result(revisions, revisionTable(revisions));
}
