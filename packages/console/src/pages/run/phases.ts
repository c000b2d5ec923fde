import { ActionPhaseNumber } from "@appenv/protocol/tasks";

const terminal: ReadonlySet<ActionPhaseNumber | undefined> = new Set([
  ActionPhaseNumber.SUCCEEDED,
  ActionPhaseNumber.FAILED,
  ActionPhaseNumber.ABORTED,
  ActionPhaseNumber.TIMED_OUT,
  ActionPhaseNumber.RECOVERED,
]);

/** Tells whether an action in this phase has ended. */
export function isTerminal(phase: ActionPhaseNumber | undefined): boolean {
  return terminal.has(phase);
}

/** Tells whether it ended badly. */
export function hasFailed(phase: ActionPhaseNumber | undefined): boolean {
  return phase === ActionPhaseNumber.FAILED || phase === ActionPhaseNumber.TIMED_OUT;
}

/** Groups of phases that runs are looked for by. */
export const phaseGroups: Readonly<Record<string, readonly ActionPhaseNumber[]>> = {
  running: [
    ActionPhaseNumber.QUEUED,
    ActionPhaseNumber.WAITING_FOR_RESOURCES,
    ActionPhaseNumber.INITIALIZING,
    ActionPhaseNumber.RUNNING,
    ActionPhaseNumber.PAUSED,
  ],
  succeeded: [ActionPhaseNumber.SUCCEEDED, ActionPhaseNumber.RECOVERED],
  failed: [ActionPhaseNumber.FAILED, ActionPhaseNumber.TIMED_OUT],
  aborted: [ActionPhaseNumber.ABORTED],
};
