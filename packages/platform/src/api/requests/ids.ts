import { AppEnvError } from "@appenv/core";
import type { ActionId, RunId, TaskId } from "@appenv/protocol";
import type { ActionIdentifier, RunIdentifier, TaskIdentifier, TaskName, TriggerName } from "@appenv/protocol/tasks";
import type { TriggerId } from "@appenv/engine";

// The organisation in identifiers is ignored, as by the open-source backend: there is one.

/** A run as a request names it. @throws AppEnvError INVALID_OPTION. */
export function readRunId(id: Pick<RunIdentifier, "project" | "domain" | "name"> | undefined): RunId {
  const { project = "", domain = "", name = "" } = id ?? {};
  checkParts("run", { project, domain, name });
  return { project, domain, run: name };
}

/** An action as a request names it. @throws AppEnvError INVALID_OPTION. */
export function readActionId(id: ActionIdentifier | undefined): ActionId {
  const run = readRunId(id?.run);
  checkParts("action", { name: id?.name ?? "" });
  return { ...run, action: id?.name ?? "" };
}

/** A task as a request names it, with the version if it names one. @throws AppEnvError INVALID_OPTION. */
export function readTaskId(id: TaskIdentifier | TaskName | undefined): TaskId {
  const { project = "", domain = "", name = "" } = id ?? {};
  checkParts("task", { project, domain, name });
  return { project, domain, name, version: id !== undefined && "version" in id ? id.version : "" };
}

/** A trigger as a request names it. @throws AppEnvError INVALID_OPTION. */
export function readTriggerId(id: TriggerName | undefined): TriggerId {
  const { project = "", domain = "", name = "", taskName = "" } = id ?? {};
  checkParts("trigger", { project, domain, name, task: taskName });
  return { project, domain, taskName, name };
}

/** The name of the first action of every run. */
export const rootAction = "a0";

/** The first action of a run. */
export function rootOf(run: RunId): ActionId {
  return { ...run, action: rootAction };
}

/** A run's or an action's name among others, for maps. */
export function runKey({ project, domain, run }: RunId): string {
  return JSON.stringify([project, domain, run]);
}

/** The error of a wrong request. */
export function invalidRequest(message: string, fix = "Correct the request."): AppEnvError {
  return new AppEnvError("INVALID_OPTION", message, { fix });
}

function checkParts(what: string, parts: Readonly<Record<string, string>>): void {
  const missing = Object.keys(parts).filter((name) => parts[name] === "");
  if (missing.length === 0) return;
  throw invalidRequest(
    `The request names no ${what}: its ${missing.join(", ")} ${missing.length > 1 ? "are" : "is"} empty.`,
  );
}
