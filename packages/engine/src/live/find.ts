import { AppEnvError } from "@appenv/core";
import type { ActionId, RunId } from "@appenv/protocol";
import type { ProjectDomain } from "../store/task-table.ts";
import type { EngineContext } from "./context.ts";
import type { ActionState } from "./state.ts";

/** A row of a run or an action, with its project and domain. */
export interface FoundRow {
  readonly scope: ProjectDomain;
  readonly row: Readonly<Record<string, unknown>>;
}

/** The row of a run; undefined if there is none. */
export function findRun({ store }: EngineContext, { project, domain, run }: RunId): FoundRow | undefined {
  const scope = store.tasks.findScope(project, domain);
  const row = scope && store.runs.byName(scope.id, run);
  return scope && row && { scope, row };
}

/** The id of a run's row. @throws AppEnvError NOT_FOUND. */
export function requireRun(context: EngineContext, id: RunId): number {
  const found = findRun(context, id);
  if (found === undefined) throw noSuch({ ...id, action: "" });
  return Number(found.row["id"]);
}

/** The row of an action; undefined if there is none. */
export function findAction(context: EngineContext, id: ActionId): FoundRow | undefined {
  const run = findRun(context, id);
  const row = run && context.store.actions.byName(Number(run.row["id"]), id.action);
  return run && row && { scope: run.scope, row };
}

/** @throws AppEnvError NOT_FOUND. */
export function requireAction(context: EngineContext, id: ActionId): FoundRow {
  const found = findAction(context, id);
  if (found === undefined) throw noSuch(id);
  return found;
}

/** An action of a run that has not ended. */
export function findLive(context: EngineContext, id: ActionId): ActionState | undefined {
  const found = findRun(context, id);
  return found && context.runs.get(Number(found.row["id"]))?.live.get(id.action);
}

/** The error for an action that is not there; without a name of it, for a run. */
export function noSuch({ project, domain, run, action }: ActionId): AppEnvError {
  const what = action === "" || action === "a0" ? `run '${run}'` : `action '${action}' in the run '${run}'`;
  return new AppEnvError("NOT_FOUND", `There is no ${what} in ${project}/${domain}.`);
}
