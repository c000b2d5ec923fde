import type { ActionId } from "@appenv/protocol";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { taskApi } from "./api.ts";

/** A condition that waits, and the ways to answer it. */
export interface WaitingCondition {
  readonly name: string;
  /** The question. */
  readonly prompt: string;
  /** A page that takes the answer. Whoever has it can answer, once. */
  readonly link: string;
  /** An answer of the right type, as it is written on the command line, such as `true` or `{"approve":true}`. */
  readonly example: string;
}

/** Reads a condition that waits; undefined on a Flyte cluster, which tells neither link nor example. @throws AppEnvError CONDITION_NOT_WAITING, NOT_FOUND. */
export async function readWaitingCondition(
  controlPlane: ControlPlane,
  { project, domain, run, action }: ActionId,
): Promise<WaitingCondition | undefined> {
  if (!controlPlane.embedded) return undefined;
  const { name, prompt, link, example } = await taskApi(controlPlane).conditions.getCondition({
    project,
    domain,
    run,
    action,
  });
  return { name, prompt, link, example };
}
