import { AppEnvError } from "@appenv/core";
import { idsPerRun, type ActionRow } from "../store/rows.ts";
import type { StoredTask } from "../store/task-table.ts";
import type { EngineContext } from "../live/context.ts";
import { addAction, newRow, type ActionState } from "../live/state.ts";

/** Maximum number of actions of a run. */
export const mostActions = 100_000;

type Fields = Pick<ActionRow, "name" | "kind"> & Partial<ActionRow>;

/** Makes an action below another. It is written when it is first saved. @throws AppEnvError TOO_MANY_ACTIONS. */
export function newAction(
  context: EngineContext,
  parent: ActionState,
  fields: Fields,
  task: StoredTask | undefined,
): ActionState {
  const { run } = parent;
  if (run.last + 1 >= mostActions) {
    throw new AppEnvError(
      "TOO_MANY_ACTIONS",
      `The run '${run.run}' has ${mostActions} actions, the most there may be.`,
    );
  }
  run.last += 1;
  const row = newRow({
    endedBefore: run.ended,
    ...fields,
    id: run.row * idsPerRun + run.last,
    run: run.row,
    parent: parent.row.id,
    createdAt: context.clock.now(),
  });
  return addAction(run, row, parent, task);
}
