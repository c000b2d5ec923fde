import { ActionPhaseNumber } from "@appenv-internal/flyteidl2/tasks";
import type { ActionPhase } from "./task-definition.ts";

/** Flyte's number for a phase. */
export function actionPhase(phase: ActionPhase): ActionPhaseNumber {
  return ActionPhaseNumber[phase];
}

/** The phase of one of Flyte's numbers; `QUEUED` for one that is not known. */
export function actionPhaseName(phase: ActionPhaseNumber): ActionPhase {
  const name = (ActionPhaseNumber as Partial<Record<number, string>>)[phase];
  return name === undefined || name === "UNSPECIFIED" ? "QUEUED" : (name as ActionPhase);
}
