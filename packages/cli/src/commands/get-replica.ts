import type { Command } from "commander";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { replicaText } from "../output/replicas.ts";

/** `appenv get replica APP`: lists the replicas of an app one by one, and those that ended lately. */
export function getReplicaCommand(): Command {
  const command = createCommand("replica", "list the replicas of an app, and those that ended lately with the reason")
    .argument("<app>", "the app")
    .action(getReplicas);
  return withOutput(withControlPlane(command), ["appenv get replica hello-app", "appenv get replica hello-app --json"]);
}

async function getReplicas(name: string, options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { App } = await import("@appenv/client");
  const app = await App.get(name, controlPlaneOf(options));
  const report = await app.listReplicas();
  output.result(report, replicaText(report, Date.now()));
}
