import type { Command } from "commander";
import { AppEnvError } from "@appenv/core";
import { createCommand, withOutput, withTarget, type TargetFlags } from "../options/common.ts";
import { targetOf } from "../options/target.ts";
import { createOutput } from "../output/output.ts";
import { revisionTable } from "../output/revisions.ts";

/** `appenv traffic APP REVISION=PERCENT...`: shares the requests of an app out between its revisions. */
export function trafficCommand(): Command {
  const command = createCommand("traffic", "share the requests of an app out between its revisions")
    .argument("<app>", "the app")
    .argument("<shares...>", "REVISION=PERCENT; what is missing to 100 stays with the revision that serves beside them")
    .action(share);
  return withOutput(withTarget(command), [
    "appenv traffic hello-app 4=10",
    "appenv traffic hello-app 4=100",
    "appenv traffic hello-app 4=20 3=80",
  ]);
}

async function share(name: string, words: readonly string[], options: TargetFlags): Promise<void> {
  const output = createOutput(options);
  const shares = Object.fromEntries(words.map(readShare));
  const { App } = await import("@appenv/client");
  const app = await App.get(name, targetOf(options));
  output.progress.say(`Sharing out the requests of '${name}' ...`);
  await app.setTraffic(shares).finally(() => output.progress.stop());
  const revisions = await app.revisions();
  output.result(revisions, revisionTable(revisions));
}

function readShare(word: string): [revision: number, percent: number] {
  const [, revision, percent] = /^(\d+)=(\d+)%?$/.exec(word) ?? [];
  if (revision !== undefined && percent !== undefined) return [Number(revision), Number(percent)];
  throw new AppEnvError("INVALID_OPTION", `'${word}' is no share of traffic.`, {
    fix: "Write REVISION=PERCENT, for example `4=10`; `appenv get revision APP` lists the revisions.",
  });
}
