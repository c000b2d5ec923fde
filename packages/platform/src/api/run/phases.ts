import type { ActionPhase } from "@appenv/protocol";

/** Tells whether an action in this phase changes no more. */
export function isTerminal(phase: ActionPhase): boolean {
  return hasSucceeded(phase) || phase === "FAILED" || phase === "ABORTED" || phase === "TIMED_OUT";
}

/** Tells whether an action in this phase has outputs. */
export function hasSucceeded(phase: ActionPhase): boolean {
  return phase === "SUCCEEDED" || phase === "RECOVERED";
}
