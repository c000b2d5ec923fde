import type { ActionPhaseNumber } from "@appenv/protocol/tasks";
import { runs } from "../../api/clients.ts";
import { mayChange, viewerReason } from "../../api/session.ts";
import { confirm } from "../../parts/dialog.tsx";
import { attempt, say } from "../../parts/toast.tsx";
import type { Name } from "../../route/names.ts";
import { isTerminal } from "./phases.ts";

const reason = "Aborted in the console";

/** Aborts a run, if that is meant. */
export async function abortRun(runId: Name, phase: ActionPhaseNumber | undefined): Promise<void> {
  if (!mayChange.value) return say(viewerReason);
  if (isTerminal(phase)) return say("The run has ended.");
  if (!(await confirm(`Abort the run ${runId.name}?`, "All that it is doing now is ended.", "Abort it"))) return;
  await attempt(() => runs.abortRun({ runId, reason }), `Aborted ${runId.name}.`);
}

/** Aborts an action of a run, if that is meant. */
export async function abortAction(run: Name, name: string): Promise<void> {
  if (!(await confirm(`Abort the action ${name}?`, "It is ended, and what it has begun.", "Abort it"))) return;
  await attempt(() => runs.abortAction({ actionId: { run, name }, reason }), `Aborted ${name}.`);
}
