import { AppEnvError, type RunLogLine, type RunLogsOptions } from "@appenv/core";
import type { ActionId } from "@appenv/protocol";
import { toActionIdentifier } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { patiently } from "../control-plane/held.ts";
import { readLines } from "../logs/read-lines.ts";
import { isFinal, readAction } from "./action.ts";
import { taskApi } from "./api.ts";
import { attemptLogs } from "./cluster/attempt-logs.ts";
import { tailAttempt } from "./tail-attempt.ts";

/** Options of reading an action's log. */
export interface ActionLogsOptions extends Omit<RunLogsOptions, "action"> {
  /** Maximum number of lines that are there already, the last ones. Default: all. */
  readonly limit?: number;
  /** Stops reading. */
  readonly signal?: AbortSignal;
}

/** An action's log. See `Run.logs`. */
export function readActionLogs(
  controlPlane: ControlPlane,
  id: ActionId,
  options: ActionLogsOptions,
): AsyncGenerator<RunLogLine> {
  const { attempt, follow = false } = options;
  const source = {
    open: (signal: AbortSignal) =>
      controlPlane.embedded
        ? tailAttempt(controlPlane, id, attempt ?? 0, signal)
        : attemptLogs(controlPlane, id, { attempt, follow }, signal),
    checkFailure: async (error: unknown) => {
      if (!AppEnvError.is(error, "UNREACHABLE")) throw error;
      await controlPlane.relocate();
    },
    // The logs of a cluster end with the last attempt.
    isOver: async () => !controlPlane.embedded || hasEnded(controlPlane, id),
  };
  return readLines(source, options);
}

async function hasEnded(controlPlane: ControlPlane, id: ActionId): Promise<boolean> {
  const request = { actionId: toActionIdentifier(id) };
  const { details } = await patiently(controlPlane, () => taskApi(controlPlane).runs.getActionDetails(request));
  return details !== undefined && isFinal(readAction(details).phase);
}
