import { setTimeout as sleep } from "node:timers/promises";
import type { ActionId } from "@appenv/protocol";
import { type GetActionDataResponse, toActionIdentifier } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { patiently } from "../control-plane/held.ts";
import { taskApi } from "./api.ts";

/** Pauses before the outputs of an action that has succeeded are asked for again, in milliseconds: five seconds in all. */
const pausesMs: readonly number[] = [150, 250, 500, 1_000, 1_500, 1_500];

/** The inputs of an action, and its outputs as far as there are any. @throws AppEnvError NOT_FOUND. */
export function readActionData(controlPlane: ControlPlane, id: ActionId): Promise<GetActionDataResponse> {
  const request = { actionId: toActionIdentifier(id) };
  return patiently(controlPlane, () => taskApi(controlPlane).data.getActionData(request));
}

/**
 * The same for an action that has succeeded and has outputs. Flyte's backend tells those who watch that it has ended before
 * it gives its outputs.
 *
 * @param first - An answer that was read before.
 * @throws AppEnvError NOT_FOUND.
 */
export async function readOutputData(
  controlPlane: ControlPlane,
  id: ActionId,
  first?: GetActionDataResponse,
): Promise<GetActionDataResponse> {
  let data = first ?? (await readActionData(controlPlane, id));
  if (controlPlane.embedded) return data;
  for (const pauseMs of pausesMs) {
    if ((data.outputs?.literals.length ?? 0) > 0) break;
    await sleep(pauseMs);
    data = await readActionData(controlPlane, id);
  }
  return data;
}
