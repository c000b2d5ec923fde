import { optional, toActionRow } from "../store/read-action.ts";
import { idsPerRun, type ActionRow } from "../store/rows.ts";
import { readSettings } from "../store/run-table.ts";
import type { ProjectDomain } from "../store/task-table.ts";
import { systemError } from "../actions/action-errors.ts";
import type { ActionStarter } from "../actions/start-action.ts";
import { armCondition } from "../calls/conditions.ts";
import { armEvent } from "../calls/events.ts";
import { armSleep } from "../calls/sleeps.ts";
import type { EngineContext } from "../live/context.ts";
import { abortedOutcome, finish, stop } from "../actions/end-action.ts";
import { planOf } from "./rerun-plan.ts";
import { addAction, newFollowers, type ActionState, type RunState } from "../live/state.ts";

type Columns = Readonly<Record<string, unknown>>;

/**
 * Goes on with what an earlier platform left: the first action of each run begins again, and the others wait until it
 * asks for them. What was aborted ends.
 */
export function recover(context: EngineContext, starter: ActionStarter): void {
  const { runs, actions, tasks } = context.store;
  const scopes = new Map(tasks.scopes("", "").map((scope) => [scope.id, scope]));
  for (const row of runs.live()) {
    const run = readRun(context, row, scopes.get(Number(row["scope"])) as ProjectDomain);
    context.runs.set(run.row, run);
  }
  const found = new Map<number, ActionState>();
  for (const columns of actions.live()) addFound(context, columns, found);
  for (const action of found.values()) {
    const { abortReason } = action.row;
    if (abortReason !== undefined) stop(context, action, abortedOutcome(abortReason));
  }
  for (const action of found.values()) goOn(context, starter, action);
}

function readRun(context: EngineContext, row: Columns, { project, domain }: ProjectDomain): RunState {
  const id = Number(row["id"]);
  const recovers = optional(row["recovers"]);
  return {
    project,
    domain,
    run: String(row["name"]),
    row: id,
    settings: readSettings(row["settings"]),
    recovers,
    rerun: planOf(context.store, id, recovers),
    live: new Map(),
    followers: newFollowers(),
    last: (context.store.actions.lastOf(id) ?? id * idsPerRun) - id * idsPerRun,
    ended: context.store.actions.lastEnded(id),
    eventCursors: context.store.events.cursorsOf(id),
    signals: context.store.signals.ofRun(id),
  };
}

function addFound(context: EngineContext, columns: Columns, found: Map<number, ActionState>): void {
  // Suspects of a crash are acquitted: a process for each would make the start of many runs slow.
  const row: ActionRow = { ...toActionRow(columns), isolated: false };
  const run = context.runs.get(row.run);
  if (run === undefined) return;
  const parent = row.parent === undefined ? undefined : found.get(row.parent);
  const task = row.task === undefined ? undefined : context.store.tasks.byId(row.task);
  const action = addAction(run, row, parent, task);
  action.asleep = row.kind === "task" && row.parent !== undefined;
  found.set(row.id, action);
}

function goOn(context: EngineContext, starter: ActionStarter, action: ActionState): void {
  const { row } = action;
  if (action.outcome !== undefined) return;
  if (row.kind === "condition") return armCondition(context, action);
  if (row.kind === "sleep") return armSleep(context, action);
  if (row.kind === "event") return armEvent(context, action);
  if (row.parent !== undefined && row.cancelled === undefined) return;
  if (action.task?.record.definition === undefined) {
    const error = systemError("NOT_FOUND", "Its task is not there any more.");
    return finish(context, action, { phase: "FAILED", error });
  }
  starter.wake(action);
}
