import type { Command } from "commander";
import { AppEnvError } from "@appenv/core";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { revisionTable } from "../output/revisions.ts";

/** `appenv traffic APP REVISION=WEIGHT...`: sets the weights of an app's revisions. */
export function trafficCommand(): Command {
  const command = createCommand("traffic", "set the weights of an app's revisions: how many requests of 100 each gets")
    .argument("<app>", "the app")
    .argument("<weights...>", "REVISION=WEIGHT; what is missing to 100 goes to the revision that serves beside them")
    .action(setTraffic);
  return withOutput(withControlPlane(command), [
    "appenv traffic hello-app 4=10",
    "appenv traffic hello-app 4=100",
    "appenv traffic hello-app 4=20 3=80",
  ]);
}

async function setTraffic(name: string, words: readonly string[], options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const weights = Object.fromEntries(words.map(readWeight));
  const { App } = await import("@appenv/client");
  const app = await App.get(name, controlPlaneOf(options));
  await output.during(`Setting the weights of '${name}' ...`, () => app.setTraffic(weights));
  const revisions = await app.revisions();
  output.result(revisions, revisionTable(revisions));
}

function readWeight(word: string): [revision: number, weight: number] {
  const [, revision, weight] = /^(\d+)=(\d+)%?$/.exec(word) ?? [];
  if (revision !== undefined && weight !== undefined) return [Number(revision), Number(weight)];
  throw new AppEnvError("INVALID_OPTION", `'${word}' is not a revision and its weight.`, {
    fix: "Write REVISION=WEIGHT, for example `4=10`; `appenv get revision APP` lists the revisions.",
  });
}
