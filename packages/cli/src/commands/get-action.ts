import { type Command, Option } from "commander";
import type { Run } from "@appenv/client/tasks";
import type { RunPhase } from "@appenv/core";
import { type ControlPlaneFlags, createCommand, withControlPlane, withOutput } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput, type Output } from "../output/output.ts";
import { actionJson, actionTable, failureText, reasonJson } from "../output/run.ts";
import { actionNamed } from "../runs/find-action.ts";
import { details } from "../output/table.ts";

interface Options extends ControlPlaneFlags {
  readonly phase?: RunPhase;
}

const phases: readonly RunPhase[] = [
  ...(["QUEUED", "RUNNING", "PAUSED", "SUCCEEDED"] as const),
  ...(["RECOVERED", "FAILED", "ABORTED", "TIMED_OUT"] as const),
];

/** `appenv get action RUN [ACTION]`: shows the actions of a run, or one of them. */
export function getActionCommand(): Command {
  const command = createCommand("action", "show the actions of a run with why they failed or wait, or one of them")
    .argument("<run>", "the run")
    .argument("[action]", "the action, by its name or as the list calls it; a0 is the first")
    .addOption(new Option("--phase <phase>", "only actions in this phase").choices(phases))
    .action(getAction);
  return withOutput(withControlPlane(command), [
    "appenv get action monday",
    "appenv get action monday --phase FAILED",
    "appenv get action monday weigh#2",
    "appenv get action monday a0 --json",
  ]);
}

async function getAction(name: string, action: string | undefined, { phase, ...flags }: Options): Promise<void> {
  const output = createOutput(flags);
  const { Run: Runs } = await import("@appenv/client/tasks");
  const run = await Runs.get(name, controlPlaneOf(flags));
  if (action === undefined) return listActions(run, phase, output);
  const found = await run.action(await actionNamed(run, action));
  const reasons = found.failure === undefined ? await run.reasons([found]) : new Map<string, string>();
  const json = { ...actionJson(found), ...reasonJson(reasons.get(found.name)) };
  const failure = found.failure === undefined ? {} : { failure: failureText(found.failure) };
  output.result(json, details({ ...json, ...failure }));
}

async function listActions(run: Run, phase: RunPhase | undefined, output: Output): Promise<void> {
  const { actionLabels } = await import("@appenv/client/tasks");
  const all = await run.actions();
  const labels = actionLabels(all);
  const shown = phase === undefined ? all : all.filter((action) => action.phase === phase);
  const reasons = await run.reasons(shown);
  const named = shown.map((action) => ({
    action,
    label: labels.get(action.name) ?? action.name,
    reason: reasons.get(action.name),
  }));
  const json = named.map(({ action, label, reason }) => ({ ...actionJson(action), label, ...reasonJson(reason) }));
  output.list(json, actionTable(named), `The run '${run.name}' has no action in the phase ${phase}.`);
}
