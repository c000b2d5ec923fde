import { isolated, unexpected } from "@appenv/core/internal";
import { systemError } from "../actions/action-errors.ts";
import type { EngineContext } from "../live/context.ts";
import { stop } from "../actions/end-action.ts";
import type { ActionState, RunState } from "../live/state.ts";

/** Fails the run of a row that SQLite will never take. */
export function failBroken(context: EngineContext, row: object): void {
  for (const run of context.runs.values()) {
    const action = [...run.live.values()].find((each) => each.row === row || each.attempt?.row === row);
    if (action?.parent === undefined) continue;
    fail(context, run, `The state of the action '${action.row.name}' cannot be stored.`);
  }
}

/** Fails the run of an action after an error that nobody expected; everything else goes on. */
export function failStuck(context: EngineContext, action: ActionState, error: unknown): void {
  const { row, run } = action;
  unexpected(`The action '${row.name}' of the run '${run.run}' cannot go on`, error);
  // An attempt that is over sends no more events.
  if (action.attempt?.over === true) action.attempt = undefined;
  isolated(`The run '${run.run}' cannot be ended`, () =>
    fail(context, run, `The action '${row.name}' cannot go on, for a reason that the platform's log has.`),
  );
}

function fail(context: EngineContext, run: RunState, message: string): void {
  const root = run.live.get("a0");
  if (root !== undefined) stop(context, root, { phase: "FAILED", error: systemError("UNEXPECTED", message) });
}
