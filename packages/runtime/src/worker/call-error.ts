import { AppEnvError, type ErrorCode } from "@appenv/core";
import { isErrorCode, reviveError } from "@appenv/protocol/values";
import type { ActionError, ActionOutcome } from "../ipc/action-messages.ts";

type Failure = Extract<ActionOutcome, { readonly error: ActionError }>;

/**
 * The error that a call is rejected with when the called task, trace or condition did not succeed.
 *
 * @param what - The called task, trace or condition, for people, for example `'add-one.add_one' (action 3f2a...)`.
 */
export function callError(what: string, { type, error }: Failure): AppEnvError {
  const code = codeOf(type, error);
  const messages: Partial<Record<ErrorCode, string>> = {
    TASK_FAILED: readable(`${what} failed${describe(error)}`),
    ABORTED: `${what} was aborted: ${error.message}`,
    TIMED_OUT: `${what} took too long: ${error.message}`,
  };
  return new AppEnvError(code, messages[code] ?? error.message, { cause: causeOf(error) });
}

/** The place and the reason. An action that failed because one of its own failed says just that: the line is that of the innermost. */
function describe({ code, message, thrown = [] }: ActionError): string {
  if (code === "TASK_FAILED") return `: ${message}`;
  const at = thrown[0]?.at;
  return `${at === undefined ? "" : ` at ${at}`}: ${code}: ${message}`;
}

/** A cause is told with 1,000 characters. */
const longest = 900;

/** Of calls nested deeply, the outermost and the innermost say most. */
function readable(message: string): string {
  if (message.length <= longest) return message;
  return `${message.slice(0, longest / 3)} ... ${message.slice((-longest * 2) / 3)}`;
}

function codeOf(type: Failure["type"], { kind, code }: ActionError): ErrorCode {
  if (type === "aborted") return "ABORTED";
  if (type === "timed-out") return code === "CONDITION_TIMED_OUT" || code === "EVENT_TIMED_OUT" ? code : "TIMED_OUT";
  // The platform refused it, and says so in the words of the catalogue.
  return kind === "SYSTEM" && isErrorCode(code) ? code : "TASK_FAILED";
}

/** The error of another process, as it was there; its stack is in its own log. */
function causeOf({ code, message, thrown = [] }: ActionError): unknown {
  return reviveError(thrown.length > 0 ? thrown : [{ name: code, code, message }]);
}
