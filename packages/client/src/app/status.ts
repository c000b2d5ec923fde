import { type AppMessage, type Condition } from "@appenv/protocol";
import { phaseName, type DeploymentPhase } from "@appenv/protocol/internal";

/** How an app stands. */
export interface AppStatus {
  /** One of the names of Flyte's `Status.DeploymentStatus`. */
  readonly phase: DeploymentPhase;
  /** For people; why it failed, if it did. */
  readonly message: string;
}

const decisive = new Set<DeploymentPhase>(["ACTIVE", "FAILED"]);

/**
 * How an app stands by its conditions. The embedded platform sends the history of a revision: the last one counts.
 * Flyte's open-source backend sends one for each part of the app, in no order and without a revision: one that says
 * that the app as a whole serves or failed counts before the others.
 */
export function readStatus(app: AppMessage): AppStatus {
  const conditions = app.status?.conditions ?? [];
  const last = conditions.at(-1);
  if (last === undefined) return { phase: "UNSPECIFIED", message: "" };
  const isHistory = last.revision > 0n;
  const { deploymentStatus, message } = (isHistory ? undefined : conditions.findLast(isDecisive)) ?? last;
  return { phase: phaseName(deploymentStatus), message };
}

function isDecisive({ deploymentStatus }: Condition): boolean {
  return decisive.has(phaseName(deploymentStatus));
}

/** Whether it can answer. */
export function isActive({ phase }: AppStatus): boolean {
  return phase === "ACTIVE" || phase === "STARTED";
}

/** Whether it was stopped. */
export function isStopped({ phase }: AppStatus): boolean {
  return phase === "STOPPED" || phase === "UNASSIGNED";
}
