import { AppEnvError, type NotifiedPhase } from "@appenv/core";
import type { RunId } from "@appenv/protocol";
import { actionPhaseName, type NotificationMessage } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { readTime } from "./action.ts";
import { taskApi } from "./api.ts";

/** A notification of a run that has ended. */
export interface RunNotification {
  /** The same whenever it is sent again: the header `webhook-id`, or the first part of an email's `Message-ID`. */
  readonly id: string;
  readonly kind: "webhook" | "email";
  /** The scheme and the host of a webhook, or the first recipient; a secret is named and not told. */
  readonly destination: string;
  readonly phase: NotifiedPhase;
  /** `failed` is final: it is not sent again. */
  readonly state: "pending" | "delivered" | "failed";
  /** The number of times that it was sent, or tried. */
  readonly attempts: number;
  /** The reason why the last attempt failed; empty if it did not. */
  readonly error: string;
  readonly createdAt: Date | undefined;
  /** The time of the next attempt, while it is pending. */
  readonly nextAt: Date | undefined;
  /** The time of its delivery, or of its last attempt. */
  readonly endedAt: Date | undefined;
}

/** See `Run.notifications`. */
export async function listNotifications(
  controlPlane: ControlPlane,
  { project, domain, run }: RunId,
): Promise<readonly RunNotification[]> {
  if (!controlPlane.embedded) {
    throw new AppEnvError("UNSUPPORTED", "A Flyte cluster does not tell how notifications were delivered.");
  }
  const { notifications } = await taskApi(controlPlane).notifications.listNotifications({ project, domain, run });
  return notifications.map(read);
}

function read({ phase, createdAt, nextAt, endedAt, ...message }: NotificationMessage): RunNotification {
  const { id, kind, destination, state, attempts, error } = message;
  return {
    id,
    kind: kind as RunNotification["kind"],
    destination,
    phase: actionPhaseName(phase) as NotifiedPhase,
    state: state as RunNotification["state"],
    attempts,
    error,
    createdAt: readTime(createdAt),
    nextAt: readTime(nextAt),
    endedAt: readTime(endedAt),
  };
}
