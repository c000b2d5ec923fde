import type { ActionPhase } from "@appenv/protocol";

/** Whether an action in this phase changes no more. */
export function isTerminal(phase: ActionPhase): boolean {
  return hasSucceeded(phase) || phase === "FAILED" || phase === "ABORTED" || phase === "TIMED_OUT";
}

/** Whether an action in this phase has given something. */
export function hasSucceeded(phase: ActionPhase): boolean {
  return phase === "SUCCEEDED" || phase === "RECOVERED";
}
