import { phaseName, type AppMessage, type DeploymentPhase } from "@appenv/protocol";

/** How an app stands. */
export interface AppStatus {
  /** One of the names of Flyte's `Status.DeploymentStatus`. */
  readonly phase: DeploymentPhase;
  /** For people; why it failed, if it did. */
  readonly message: string;
}

const decisive = new Set<DeploymentPhase>(["ACTIVE", "FAILED"]);

/**
 * How an app stands by its conditions: the last one, as Flyte's own client reads them, unless another one says that
 * the app as a whole serves or failed.
 */
export function readStatus(app: AppMessage): AppStatus {
  const conditions = app.status?.conditions ?? [];
  const statuses = conditions.map(({ deploymentStatus, message }) => ({ phase: phaseName(deploymentStatus), message }));
  return (
    statuses.findLast(({ phase }) => decisive.has(phase)) ?? statuses.at(-1) ?? { phase: "UNSPECIFIED", message: "" }
  );
}

/** Whether it can answer. */
export function isActive({ phase }: AppStatus): boolean {
  return phase === "ACTIVE" || phase === "STARTED";
}

/** Whether it was stopped. */
export function isStopped({ phase }: AppStatus): boolean {
  return phase === "STOPPED" || phase === "UNASSIGNED";
}
