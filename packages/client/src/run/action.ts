import type { RunAction, RunPhase } from "@appenv/core";
import {
  ActionPhaseNumber,
  actionPhaseName,
  CatalogCacheStatus,
  awaitedEvent,
  sleepEnd,
  type ActionAttempt,
  type ActionDetails,
  type ActionMessage,
} from "@appenv/protocol/tasks";
import { timestampDate, type Timestamp } from "@bufbuild/protobuf/wkt";
import { readFailure, type ActionFailure } from "./failure.ts";

/** An action of a run, with what a list of actions leaves out. */
export interface ActionInfo extends RunAction {
  /** The version of its task; undefined for traces, conditions, sleeps and events. */
  readonly version: string | undefined;
  /** `hit`: its result came from the cache; `populated`: it was put there. */
  readonly cache: "disabled" | "miss" | "hit" | "populated";
  /** The one who answered a condition, for example `api-key:shop` or `link`; undefined if that is not known. */
  readonly answeredBy?: string;
  /** The reason why it failed, was aborted or ran out of time. */
  readonly failure: ActionFailure | undefined;
}

const finalPhases: ReadonlySet<RunPhase> = new Set<RunPhase>([
  "SUCCEEDED",
  "FAILED",
  "ABORTED",
  "TIMED_OUT",
  "RECOVERED",
]);

/** Tells whether an action in this phase has ended. */
export function isFinal(phase: RunPhase): boolean {
  return finalPhases.has(phase);
}

/** Tells whether an action has succeeded: by its own work or recovered. */
export function hasSucceeded(phase: RunPhase): boolean {
  return phase === "SUCCEEDED" || phase === "RECOVERED";
}

/** Reads an action from Flyte's messages; only details say why it failed. */
export function readAction(message: ActionMessage | ActionDetails): ActionInfo {
  const { id, metadata } = message;
  return {
    name: id?.name ?? "",
    ...readWhat(metadata),
    parent: metadata?.parent === "" ? undefined : metadata?.parent,
    group: metadata?.group ?? "",
    ...readState(message),
    ...answeredBy(message),
  };
}

function answeredBy(message: ActionMessage | ActionDetails): Pick<ActionInfo, "answeredBy"> {
  const by = "result" in message && message.result.case === "signalInfo" ? message.result.value.signalledBy : undefined;
  const subject = by?.principal.case === "user" ? by.principal.value.id?.subject : undefined;
  return subject === undefined ? {} : { answeredBy: subject };
}

/** The part of an action that changes. */
export function readState(
  message: ActionMessage | ActionDetails,
): Pick<ActionInfo, "phase" | "startedAt" | "endedAt" | "attempts" | "cache" | "failure"> {
  const { status } = message;
  const phase = readPhase(message);
  const last = lastAttempt(message);
  return {
    phase,
    startedAt: readTime(status?.startTime),
    endedAt: readTime(status?.endTime ?? (isFinal(phase) ? last?.endTime : undefined)),
    attempts: Math.max(status?.attempts ?? 0, last?.attempt ?? 0),
    cache: readCache(status?.cacheStatus),
    failure: "result" in message ? readFailure(phase, isFinal(phase) ? resultOf(message) : message.result) : undefined,
  };
}

/**
 * A phase that is newer than this client is judged by the fields beside it, so that nobody waits for an ended action. On
 * Flyte's backend the status may say RUNNING after the last attempt has ended.
 */
function readPhase(message: ActionMessage | ActionDetails): RunPhase {
  const { status } = message;
  const phase = endedPhase(message, status?.phase, status?.endTime) ?? actionPhaseName(status?.phase ?? 0);
  if (isFinal(phase)) return phase;
  const last = lastAttempt(message);
  return endedPhase(message, last?.phase, last?.endTime) ?? phase;
}

/** The final phase that a number stands for, if it does. */
function endedPhase(
  message: ActionMessage | ActionDetails,
  number: ActionPhaseNumber = ActionPhaseNumber.UNSPECIFIED,
  endTime: Timestamp | undefined,
): RunPhase | undefined {
  if (number in ActionPhaseNumber) return isFinal(actionPhaseName(number)) ? actionPhaseName(number) : undefined;
  if (endTime === undefined) return undefined;
  const result = "result" in message ? resultOf(message).case : undefined;
  if (result === "abortInfo") return "ABORTED";
  return result === "errorInfo" ? "FAILED" : "SUCCEEDED";
}

/** True while a control plane that is newer than this client says a phase that it does not know, and no end. */
export function isUnknownPhase(details: ActionDetails): boolean {
  const number = details.status?.phase ?? ActionPhaseNumber.UNSPECIFIED;
  return !(number in ActionPhaseNumber) && !isFinal(readPhase(details));
}

/** The result as the status knows it, or else the last attempt. */
function resultOf({ result, attempts }: ActionDetails): ActionDetails["result"] {
  const error = result.case === undefined ? attempts.at(-1)?.errorInfo : undefined;
  return error === undefined ? result : { case: "errorInfo", value: error };
}

function lastAttempt(message: ActionMessage | ActionDetails): ActionAttempt | undefined {
  return "attempts" in message ? message.attempts.at(-1) : undefined;
}

function readWhat(metadata: ActionMessage["metadata"]): Pick<ActionInfo, "kind" | "task" | "version" | "until"> {
  const spec = metadata?.spec;
  switch (spec?.case) {
    case "trace": {
      const until = sleepEnd(spec.value.name, metadata?.funtionName ?? "");
      if (until !== undefined) return { kind: "sleep", task: "sleep", version: undefined, until };
      const event = awaitedEvent(spec.value.name, metadata?.funtionName ?? "");
      if (event !== undefined) return { kind: "event", task: event, version: undefined };
      return { kind: spec.case, task: spec.value.name, version: undefined };
    }
    case "condition":
      return { kind: spec.case, task: spec.value.name, version: undefined };
    case "task":
      return { kind: "task", task: spec.value.id?.name ?? "", version: spec.value.id?.version };
    default:
      return { kind: "task", task: metadata?.funtionName ?? "", version: undefined };
  }
}

function readCache(status: CatalogCacheStatus | undefined): ActionInfo["cache"] {
  if (status === CatalogCacheStatus.CACHE_HIT) return "hit";
  if (status === CatalogCacheStatus.CACHE_POPULATED) return "populated";
  return status === CatalogCacheStatus.CACHE_MISS ? "miss" : "disabled";
}

/** A time of Flyte's messages, if there is one. */
export function readTime(time: Timestamp | undefined): Date | undefined {
  return time === undefined ? undefined : timestampDate(time);
}
