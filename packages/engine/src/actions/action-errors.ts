import type { ErrorCode } from "@appenv/core";
import type { ActionError } from "@appenv/runtime";

/** An error of the platform's own. */
export function systemError(code: ErrorCode, message: string, retryable = false): ActionError {
  return { kind: "SYSTEM", code, message, stack: undefined, retryable };
}

/** An error that is the task's or its caller's to correct. */
export function userError(code: ErrorCode, message: string, retryable = false): ActionError {
  return { kind: "USER", code, message, stack: undefined, retryable };
}

/** The error that callers of an aborted action get. */
export function aborted(reason: string): ActionError {
  return userError("ABORTED", reason === "" ? "It was aborted." : `It was aborted: ${reason}`);
}

const longestMessage = 16_384;
const longestThrown = 65_536;

/** A message may be as long as a thrown object's text; what is stored and answered is enough to read. */
export function shortened({ thrown, ...given }: ActionError): ActionError {
  const error = thrown === undefined || !fits(thrown) ? given : { ...given, thrown };
  if (error.message.length <= longestMessage) return error;
  const left = error.message.length - longestMessage;
  return { ...error, message: `${error.message.slice(0, longestMessage)} ... (${left} more characters)` };
}

/** The runtime tells no more; code of a user shares its channel, and may tell anything. */
function fits(thrown: NonNullable<ActionError["thrown"]>): boolean {
  try {
    return Array.isArray(thrown) && JSON.stringify(thrown).length <= longestThrown;
  } catch {
    return false;
  }
}

/** A duration for people. */
export function seconds(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}
