import { AppEnvError } from "@appenv/core";
import type { AppMessage, Condition } from "@appenv/protocol";
import { phaseName, type DeploymentPhase } from "@appenv/protocol/internal";
import { isErrorCode } from "../transport/errors.ts";

/** The phase of an app, and its reason. */
export interface AppStatus {
  /** One of the names of Flyte's `Status.DeploymentStatus`. */
  readonly phase: DeploymentPhase;
  /** For people. */
  readonly message: string;
  /** The reason of a failure, with the code and the fix that the platform gave. Only of the phase `FAILED`. */
  readonly failure?: AppEnvError;
}

const decisive = new Set<DeploymentPhase>(["ACTIVE", "FAILED"]);

/**
 * Reads the status of an app from its conditions. The embedded platform sends the history of a revision, of which the last
 * condition counts. Flyte's open-source backend sends one for each part of the app, in no order and without a revision:
 * there a condition that says that the whole app serves or failed counts before the others.
 */
export function readStatus(app: AppMessage): AppStatus {
  const conditions = app.status?.conditions ?? [];
  const last = conditions.at(-1);
  if (last === undefined) return { phase: "UNSPECIFIED", message: "" };
  const isHistory = last.revision > 0n;
  const { deploymentStatus, message } = (isHistory ? undefined : conditions.findLast(isDecisive)) ?? last;
  const phase = phaseName(deploymentStatus);
  if (phase === "FAILED") return { phase, message, failure: readFailure(message) };
  return { phase, message: decisive.has(phase) ? message : message.replace(untrue, "") };
}

/** Sentences of the open-source backend for a condition that has none, also while it is not met. */
const untrue = /^(Configuration is|Service is|Routes are) ready$/;

/**
 * The error of a failed app. Flyte's conditions have one text only, so the platform writes `[CODE] message`, and on a line
 * of its own `Fix: ...`; this is the one place that reads it.
 */
export function readFailure(text: string): AppEnvError {
  const [, named, rest = ""] = /^\[([A-Z_]+)\]\s*(.*)$/s.exec(text) ?? [];
  const code = named !== undefined && isErrorCode(named) ? named : undefined;
  const [message = "", fix] = (code === undefined ? text : rest).split(/\nFix: (.*)$/s);
  return new AppEnvError(code ?? "START_FAILED", message, fix === undefined ? {} : { fix });
}

function isDecisive({ deploymentStatus }: Condition): boolean {
  return decisive.has(phaseName(deploymentStatus));
}

/** Tells whether an app can answer. */
export function isActive({ phase }: AppStatus): boolean {
  return phase === "ACTIVE" || phase === "STARTED";
}

/** Tells whether an app was stopped. */
export function isStopped({ phase }: AppStatus): boolean {
  return phase === "STOPPED" || phase === "UNASSIGNED";
}
