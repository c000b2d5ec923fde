import type { ActionPhase } from "@appenv/protocol";

/** Whether an action in this phase changes no more. */
export function isTerminal(phase: ActionPhase): boolean {
  return phase === "SUCCEEDED" || phase === "FAILED" || phase === "ABORTED" || phase === "TIMED_OUT";
}
