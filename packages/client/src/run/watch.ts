import type { ActionId, RunId } from "@appenv/protocol";
import { toActionIdentifier, toRunIdentifier, type ActionDetails, type EnrichedAction } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/connect.ts";
import { reopening } from "../transport/reopen.ts";
import { isFinal, readAction } from "./action.ts";
import { taskApi } from "./api.ts";

/** Follows one action: how it stands now, then every change, until it has ended. Survives a restart of the platform. */
export async function* watchAction(
  controlPlane: ControlPlane,
  id: ActionId,
  signal: AbortSignal,
): AsyncGenerator<ActionDetails> {
  const request = { actionId: toActionIdentifier(id) };
  const open = (ending: AbortSignal) => taskApi(controlPlane).runs.watchActionDetails(request, { signal: ending });
  for await (const { details } of reopening(open, () => controlPlane.relocate(), signal)) {
    if (details === undefined) continue;
    yield details;
    if (isFinal(readAction(details).phase)) return;
  }
}

/** A run may have 100,000 actions, which a new stream tells all again. */
const renewTreeAfterMs = 300_000;

/** Follows all actions of a run: how they stand now, then those that change, until the caller stops. */
export async function* watchActions(
  controlPlane: ControlPlane,
  id: RunId,
  signal: AbortSignal,
): AsyncGenerator<readonly EnrichedAction[]> {
  const request = { runId: toRunIdentifier(id) };
  const open = (ending: AbortSignal) => taskApi(controlPlane).runs.watchActions(request, { signal: ending });
  const messages = reopening(open, () => controlPlane.relocate(), signal, renewTreeAfterMs);
  for await (const { enrichedActions } of messages) yield enrichedActions;
}
