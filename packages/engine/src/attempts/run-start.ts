import type { AttemptStart } from "@appenv/runtime";
import { idsPerRun } from "../store/rows.ts";
import type { EngineContext } from "../live/context.ts";
import type { ActionState } from "../live/state.ts";

/** The time at which the run of an action was accepted. Only the programs of containers are told it. */
export function runStartOf({ store }: EngineContext, { run, task }: ActionState): Pick<AttemptStart, "runStartedAt"> {
  if (task?.record.definition?.launch.kind !== "image") return {};
  const root = store.actions.byId(run.row * idsPerRun);
  return root === undefined ? {} : { runStartedAt: Number(root["created_at"]) };
}
