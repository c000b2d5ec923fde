import type { Run, RunNotification } from "@appenv/client/tasks";
import { AppEnvError } from "@appenv/core";
import { timeText } from "./run.ts";

/** The notifications of a run; none on a Flyte cluster, which does not tell. */
export async function notificationsOf(run: Run): Promise<readonly RunNotification[]> {
  try {
    return await run.notifications();
  } catch (error) {
    if (AppEnvError.is(error, "UNSUPPORTED")) return [];
    throw error;
  }
}

/** A notification on a line. */
export function notificationText({ state, destination, attempts, nextAt, error }: RunNotification): string {
  const times = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
  const next = nextAt === undefined ? "" : `, next at ${timeText(nextAt)}`;
  return `${state} to ${destination} (${times}${next})${error === "" ? "" : `: ${error}`}`;
}
