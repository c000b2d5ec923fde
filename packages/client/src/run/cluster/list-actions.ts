import type { RunId } from "@appenv/protocol";
import { type ActionMessage, toRunIdentifier } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../../control-plane/control-plane.ts";
import { allPages, patiently } from "../../control-plane/held.ts";
import { taskApi } from "../api.ts";
import { watchActions } from "../watch.ts";

/** The actions of a run as a list of them has them: their names, and no more on a Flyte cluster. @throws AppEnvError NOT_FOUND. */
export function listActions(controlPlane: ControlPlane, id: RunId): Promise<readonly ActionMessage[]> {
  const runId = toRunIdentifier(id);
  const { runs } = taskApi(controlPlane);
  return allPages(Number.POSITIVE_INFINITY, async (request) => {
    const { actions, token } = await patiently(controlPlane, () => runs.listActions({ runId, request }));
    return { items: actions, token };
  });
}

/**
 * The actions of a run on a Flyte cluster, whole. Its backend says what they are only to those who watch, and does not mark
 * the end of those that are there: they are all that a list names.
 *
 * @throws AppEnvError NOT_FOUND.
 */
export async function listWholeActions(controlPlane: ControlPlane, id: RunId): Promise<readonly ActionMessage[]> {
  const listed = await listActions(controlPlane, id);
  const missing = new Set(listed.map((action) => action.id?.name ?? ""));
  const whole = new Map<string, ActionMessage>();
  const stop = new AbortController();
  try {
    if (missing.size > 0) {
      for await (const changes of watchActions(controlPlane, id, stop.signal)) {
        for (const { action } of changes) if (action !== undefined) whole.set(action.id?.name ?? "", action);
        for (const name of whole.keys()) missing.delete(name);
        if (missing.size === 0) break;
      }
    }
  } finally {
    stop.abort();
  }
  return [...whole.values()];
}
