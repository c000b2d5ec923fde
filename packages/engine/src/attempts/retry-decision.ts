import type { TaskSettings } from "@appenv/core";
import type { ActionError } from "@appenv/runtime";
import type { AttemptEnd } from "../contracts/attempts.ts";
import type { ActionRow, Outcome } from "../store/rows.ts";
import { shortened, systemError, userError } from "../actions/action-errors.ts";
import type { AttemptState } from "../live/state.ts";

/** The end of an attempt, and the retries that a failure counts against. */
export type RetryDecision =
  | { readonly type: "succeeded"; readonly outputs: Uint8Array }
  | {
      readonly type: "failed" | "timed-out" | "aborted";
      readonly error: ActionError;
      /** `none`: it was in an accident by chance. */
      readonly counts: "user" | "system" | "none";
      /** True if it was in so many accidents that it may be their cause: it is tried again alone. */
      readonly isSuspect?: boolean;
    };

/** Judges the end of an attempt. */
export function judge(end: AttemptEnd, attempt: AttemptState, settings: TaskSettings): RetryDecision {
  const { cancelled } = attempt;
  if (end.type === "result" && end.result.outcome.type === "succeeded") {
    return checkSize(end.result.outcome.outputs, settings);
  }
  if (cancelled?.reason === "timed-out") return { type: "timed-out", error: cancelled.error, counts: "user" };
  if (cancelled?.reason === "aborted") return { type: "aborted", error: cancelled.error, counts: "user" };
  if (end.type === "lost") return lost(end, attempt, settings);
  const { outcome } = end.result;
  if (outcome.type === "succeeded") return checkSize(outcome.outputs, settings);
  const error = shortened(outcome.error);
  if (outcome.type === "timed-out") return { type: "timed-out", error, counts: "user" };
  return { type: "failed", error, counts: error.kind === "SYSTEM" ? "system" : "user" };
}

function checkSize(outputs: Uint8Array, { maxInlineBytes }: TaskSettings): RetryDecision {
  if (outputs.byteLength <= maxInlineBytes) return { type: "succeeded", outputs };
  const message = tooLarge("The output", outputs.byteLength, maxInlineBytes);
  return { type: "failed", error: userError("PAYLOAD_TOO_LARGE", message), counts: "user" };
}

/**
 * A worker that crashed may have had hundreds of attempts, and a process for each would be the end of the machine. So what
 * computed is suspected once it was in two crashes, what only waited for others in four.
 */
const suspectFrom = 4;

function lost(
  end: Extract<AttemptEnd, { type: "lost" }>,
  attempt: AttemptState,
  settings: TaskSettings,
): RetryDecision {
  const { action, waiting } = attempt;
  if (end.alone || action.row.isolated || settings.isolated)
    return { type: "failed", error: end.error, counts: "user" };
  action.suspicion += waiting > 0 ? 1 : 2;
  return { type: "failed", error: end.error, counts: "none", isSuspect: action.suspicion >= suspectFrom };
}

/** The message of PAYLOAD_TOO_LARGE. */
export function tooLarge(what: string, bytes: number, limit: number): string {
  return `${what} has ${bytes} bytes; the task allows ${limit}.`;
}

/** Number of retries after failures of the platform's own, beside the task's retries. */
const systemRetries = 3;
const defaultBackoff = { baseMs: 500, factor: 2, capMs: 30_000 };

/**
 * The pause before an action's next attempt, in milliseconds; undefined if there is none. Counts the failure.
 * Delays are exact, without jitter: what is tried again stands in the queue of one machine.
 */
export function retryDelay(
  row: ActionRow,
  { counts, error, isSuspect = false }: Exclude<RetryDecision, { type: "succeeded" }>,
  { retries, backoff }: TaskSettings,
): number | undefined {
  if (counts === "none" && error.retryable) {
    row.isolated ||= isSuspect;
    return 0;
  }
  if (!error.retryable) return undefined;
  if (counts === "system" && row.systemFailures < systemRetries) {
    row.systemFailures += 1;
    return delayAfter(row.systemFailures, defaultBackoff);
  }
  row.failures += 1;
  return row.failures > retries ? undefined : delayAfter(row.failures, backoff ?? defaultBackoff);
}

/** The wait after the failure of this number, from 1. */
export function delayAfter(failures: number, backoff: TaskSettings["backoff"]): number {
  const { baseMs, factor, capMs } = backoff ?? defaultBackoff;
  return Math.min(baseMs * factor ** (failures - 1), capMs);
}

/** The error of an attempt that was running when the platform ended. */
export function platformEnded(): ActionError {
  return systemError("WORKER_LOST", "The platform ended while it ran. This does not count as an attempt.", true);
}

/** The phases of attempts, by how they end. */
export const endPhases = {
  succeeded: "SUCCEEDED",
  failed: "FAILED",
  "timed-out": "TIMED_OUT",
  aborted: "ABORTED",
} as const;

/** The end of an action whose last attempt did not succeed. */
export function outcomeOf(decision: Exclude<RetryDecision, { type: "succeeded" }>): Outcome {
  return { phase: endPhases[decision.type], error: decision.error };
}
