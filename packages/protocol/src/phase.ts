import { Status_DeploymentStatus } from "@appenv-internal/flyteidl2";

/** The phase of an app: the names of Flyte's `Status.DeploymentStatus`. */
export type DeploymentPhase = keyof typeof Status_DeploymentStatus;

/** The name of one of Flyte's numbers; `UNSPECIFIED` for a number that is not known. */
export function phaseName(status: Status_DeploymentStatus): DeploymentPhase {
  return (Status_DeploymentStatus[status] as DeploymentPhase | undefined) ?? "UNSPECIFIED";
}

/** Flyte's number for a name. */
export function phaseStatus(phase: DeploymentPhase): Status_DeploymentStatus {
  return Status_DeploymentStatus[phase];
}
