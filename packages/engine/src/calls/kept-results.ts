import { phaseOf } from "../store/codes.ts";
import type { EngineContext } from "../live/context.ts";
import type { ActionState, Fate } from "../live/state.ts";
import { follows } from "../runs/rerun-plan.ts";

/** The row, in the recovered run, of a call whose result may be taken over; undefined if the call runs. */
export function keptRow(
  context: EngineContext,
  parent: ActionState,
  name: string,
): Readonly<Record<string, unknown>> | undefined {
  const { recovers } = parent.run;
  const row = recovers === undefined ? undefined : context.store.actions.byName(recovers, name);
  if (row === undefined || phaseOf(row["phase"]) !== "SUCCEEDED") return undefined;
  return fateOfCall(context, parent, name) === "open" ? row : undefined;
}

function fateOfCall(context: EngineContext, parent: ActionState, name: string): Fate {
  const fate = fateOf(context, parent);
  const { rerun, recovers } = parent.run;
  if (fate !== "above" || rerun === undefined || recovers === undefined) return fate;
  if (rerun.again.has(name)) return "again";
  if (rerun.ends.has(name)) return "above";
  const row = context.store.actions.byName(recovers, name);
  return row === undefined || follows(row, rerun.ends.get(parent.row.name)) ? "again" : "open";
}

function fateOf(context: EngineContext, action: ActionState): Fate {
  const { run, parent, row } = action;
  if (run.rerun === undefined || run.rerun.again.size === 0) return "open";
  if (parent === undefined) return run.rerun.again.has(row.name) ? "again" : "above";
  return (action.fate ??= fateOfCall(context, parent, row.name));
}
