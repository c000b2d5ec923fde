import { AppEnvError } from "@appenv/core";
import type { ValueType } from "@appenv/core/internal";
import { decodeOutput } from "@appenv/protocol/values";
import type { ActionOutcome } from "../ipc/action-messages.ts";
import { callError } from "./call-error.ts";

/** The value that the platform answers with. @throws AppEnvError if it refuses. */
export function readAnswer(what: string, type: ValueType, outcome: ActionOutcome): unknown {
  if (outcome.type !== "succeeded") throw refused(what, outcome);
  return decodeOutput(type, outcome.outputs);
}

/** The error of a call that was refused, or has failed. */
export function refused(what: string, outcome: Exclude<ActionOutcome, { type: "succeeded" }>): AppEnvError {
  if (outcome.type !== "missing") return callError(what, outcome);
  return new AppEnvError("UNEXPECTED", `${what} was answered with nothing.`);
}
