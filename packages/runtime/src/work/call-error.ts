import { AppEnvError, errorCatalogue, type ErrorCode } from "@appenv/core";
import type { ActionError, ActionOutcome } from "./messages.ts";

type Failure = Extract<ActionOutcome, { readonly error: ActionError }>;

/**
 * What a call is rejected with when what it asked for did not succeed.
 *
 * @param what - What was called, for people, for example `'add-one.add_one'`.
 */
export function callError(what: string, { type, error }: Failure): AppEnvError {
  const code = codeOf(type, error);
  const messages: Partial<Record<ErrorCode, string>> = {
    TASK_FAILED: `${what} failed: ${error.code}: ${error.message}`,
    ABORTED: `${what} was aborted: ${error.message}`,
    TIMED_OUT: `${what} took too long: ${error.message}`,
  };
  return new AppEnvError(code, messages[code] ?? error.message, { cause: causeOf(error) });
}

function codeOf(type: Failure["type"], { kind, code }: ActionError): ErrorCode {
  if (type === "aborted") return "ABORTED";
  if (type === "timed-out") return code === "CONDITION_TIMED_OUT" ? code : "TIMED_OUT";
  // The platform refused it, and says so in the words of the catalogue.
  return kind === "SYSTEM" && code in errorCatalogue ? (code as ErrorCode) : "TASK_FAILED";
}

/** The error of another process: its code and name are kept, its stack is in its own log. */
function causeOf({ code, message }: ActionError): Error {
  const cause = new Error(message);
  cause.name = code;
  cause.stack = `${code}: ${message}`;
  return Object.assign(cause, { code });
}
