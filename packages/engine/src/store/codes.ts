import type { ActionPhase } from "@appenv/protocol";
import type { ActionRecord } from "../contracts/actions.ts";
import type { RunRecord } from "../contracts/runs.ts";

// Numbers in the database. They are never changed; those of phases from 10 on are final, which an index knows.
const phases: Readonly<Record<ActionPhase, number>> = {
  QUEUED: 1,
  WAITING_FOR_RESOURCES: 2,
  INITIALIZING: 3,
  RUNNING: 4,
  PAUSED: 5,
  SUCCEEDED: 10,
  FAILED: 11,
  ABORTED: 12,
  TIMED_OUT: 13,
  // Shown, and never written: see `read-records.ts`.
  RECOVERED: 14,
};
// Kinds are numbered by their places too.
const kinds = ["task", "trace", "condition", "sleep", "event"] as const;
const caches = ["disabled", "miss", "hit", "populated"] as const;
const sources = ["unspecified", "web", "cli", "schedule"] as const;
const phaseNames = new Map(Object.entries(phases).map(([name, code]) => [code, name as ActionPhase]));

/** The `outcome` of a run that has not ended; afterwards it is the code of its last phase. */
export const liveOutcome = 0;

/** Every outcome that a run can have in the database. */
export const outcomes: readonly number[] = [
  liveOutcome,
  ...Object.values(phases).filter((code) => code >= 10 && code < 14),
];

/** The phases of actions that have not ended. */
export const livePhases: readonly ActionPhase[] = [...phaseNames.values()].filter((phase) => phases[phase] < 10);

/** A phase's number. */
export function phaseCode(phase: ActionPhase): number {
  return phases[phase];
}

/** The phase of a number. */
export function phaseOf(code: unknown): ActionPhase {
  return phaseNames.get(Number(code)) ?? "FAILED";
}

/** True if an action in this phase has ended. */
export function isFinal(phase: ActionPhase): boolean {
  return phases[phase] >= 10;
}

/** A kind's number. */
export function kindCode(kind: ActionRecord["kind"]): number {
  return kinds.indexOf(kind);
}

/** The kind of a number. */
export function kindOf(code: unknown): ActionRecord["kind"] {
  return kinds[Number(code)] ?? "task";
}

/** A cache status' number. */
export function cacheCode(cache: ActionRecord["cache"]): number {
  return caches.indexOf(cache);
}

/** The cache status of a number. */
export function cacheOf(code: unknown): ActionRecord["cache"] {
  return caches[Number(code)] ?? "disabled";
}

/** A source's number. */
export function sourceCode(source: RunRecord["source"]): number {
  return sources.indexOf(source);
}

/** The source of a number. */
export function sourceOf(code: unknown): RunRecord["source"] {
  return sources[Number(code)] ?? "unspecified";
}
