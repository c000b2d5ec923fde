import { AppEnvError, type RunPhase } from "@appenv/core";
import { errorPartsOf, ErrorInfo_Kind, type ActionDetails, type ErrorParts } from "@appenv/protocol/tasks";
import { isErrorCode, reviveError, type ThrownError } from "@appenv/protocol/values";

/** The reason why an action did not succeed. */
export interface ActionFailure {
  /** `USER`: thrown by the task; `SYSTEM`: by the platform, or by the end of the task's process. */
  readonly kind: "USER" | "SYSTEM";
  /** A code of the catalogue, or the name of the error that was thrown, for example `TypeError`; empty if unknown. */
  readonly code: string;
  readonly message: string;
  /** The line of the task's code that it was thrown at, for example `src/orders.ts:31:9`, if that is known. */
  readonly at?: string;
  /** The error as it was thrown, then its causes; only AppEnv's own platform tells them. */
  readonly thrown?: readonly ThrownError[];
}

/** The reason why an action did not succeed, if it did not. Platforms without error parts write `[CODE] message`, or `TypeError: message`. */
export function readFailure(phase: RunPhase, result: ActionDetails["result"]): ActionFailure | undefined {
  if (result.case === "abortInfo") return { kind: "USER", code: "ABORTED", message: result.value.reason };
  if (result.case === "errorInfo") {
    const { message, kind: number, code: told } = result.value;
    const kind = number === ErrorInfo_Kind.USER ? "USER" : "SYSTEM";
    const parts = errorPartsOf(result.value);
    if (parts !== undefined) return { kind, ...readParts(parts) };
    const [, listed, thrown, text = message] = /^(?:\[(\w+)\]|([A-Za-z_$][\w$]*):)\s*(.*)$/s.exec(message) ?? [];
    const code = listed ?? thrown ?? told;
    return { kind, code, message: text };
  }
  return phase === "FAILED" ? { kind: "SYSTEM", code: "", message: "The control plane gives no reason." } : undefined;
}

function readParts({ code, message, thrown }: ErrorParts): Omit<ActionFailure, "kind"> {
  if (thrown.length === 0) return { code, message };
  // The message of an error of another action has the line already.
  const at = code === "TASK_FAILED" ? undefined : thrown[0]?.at;
  return { code, message, ...(at !== undefined && { at }), thrown };
}

/** The error of a run that did not succeed: the task's own error is its cause. */
export function runError(run: string, phase: RunPhase, failure: ActionFailure | undefined): AppEnvError {
  if (phase === "ABORTED")
    return new AppEnvError("ABORTED", `The run '${run}' was aborted${because(failure?.message)}.`);
  const cause = failure === undefined ? undefined : ownError(failure);
  const isListed = AppEnvError.is(cause) && cause.code !== "TASK_FAILED";
  const fix = isListed
    ? cause.fix
    : `Correct what the message says; \`appenv logs run ${run}\` shows where it was thrown.`;
  const options = { fix, ...(cause === undefined ? {} : { cause }) };
  if (phase === "TIMED_OUT") {
    return new AppEnvError("TIMED_OUT", `The run '${run}' ran out of time${because(failure?.message)}.`, options);
  }
  return new AppEnvError("TASK_FAILED", `The run '${run}' failed${describe(failure)}`, options);
}

function because(reason: string | undefined): string {
  return reason === undefined || reason === "" ? "" : `: ${reason.replace(/\.$/, "")}`;
}

function describe(failure: ActionFailure | undefined): string {
  if (failure === undefined) return ": no reason is known.";
  const { code, message, at } = failure;
  const text = isErrorCode(code) || code === "" ? message : `${code}: ${message}`;
  return `${at === undefined ? "" : ` at ${at}`}: ${text}`;
}

function ownError({ code, message, thrown = [] }: ActionFailure): unknown {
  if (thrown.length > 0) return reviveError(thrown);
  if (isErrorCode(code)) return new AppEnvError(code, message);
  const error = new Error(message);
  if (code !== "") error.name = code;
  // This stack would show where the message was read; the action's log has the one of the throw.
  error.stack = `${error.name}: ${message}`;
  return error;
}
