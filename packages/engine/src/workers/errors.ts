import { AppEnvError } from "@appenv/core";
import type { ActionError } from "@appenv/runtime";

/** Codes of failures that the same process would meet again. */
const lasting = new Set([
  "LOAD_FAILED",
  "NO_ENVIRONMENT",
  "AMBIGUOUS_ENVIRONMENT",
  "MISSING_SECRET",
  "SECRET_UNREADABLE",
  "UNSUPPORTED",
]);

/** The error of an attempt whose process ended. */
export function lostError(message: string): ActionError {
  return { kind: "SYSTEM", code: "WORKER_LOST", message, stack: undefined, retryable: true };
}

/** The error of an attempt whose process could not start. */
export function startError({ code, message }: { readonly code: string; readonly message: string }): ActionError {
  return { kind: "SYSTEM", code, message, stack: undefined, retryable: !lasting.has(code) };
}

/** The same, of whatever was thrown while a process was to be started. */
export function startErrorOf(error: unknown): ActionError {
  return startError(AppEnvError.from(error, "START_FAILED", "The task's process could not be started"));
}

/** The error of a cancelled attempt without a result of its own. Its task says whether a timed-out one is tried again. */
export function cancelError(reason: "aborted" | "timed-out", message: string): ActionError {
  const code = reason === "aborted" ? "ABORTED" : "TIMED_OUT";
  return { kind: "SYSTEM", code, message, stack: undefined, retryable: reason === "timed-out" };
}
