import { create } from "@bufbuild/protobuf";
import {
  ActionIdentifierSchema,
  RunIdentifierSchema,
  TaskIdentifierSchema,
  type ActionIdentifier,
  type RunIdentifier,
  type TaskIdentifier,
} from "@appenv-internal/flyteidl2/tasks";
import type { ActionId, RunId, TaskId } from "./task-definition.ts";

/** Flyte's message for a task's identity. The organisation stays empty: only Union's servers read it. */
export function toTaskIdentifier({ project, domain, name, version }: TaskId): TaskIdentifier {
  return create(TaskIdentifierSchema, { project, domain, name, version });
}

/** A task's identity from Flyte's message; an unset one gives empty texts. */
export function fromTaskIdentifier(message: TaskIdentifier | undefined): TaskId {
  const { project = "", domain = "", name = "", version = "" } = message ?? {};
  return { project, domain, name, version };
}

/** Flyte's message for a run's identity. */
export function toRunIdentifier({ project, domain, run }: RunId): RunIdentifier {
  return create(RunIdentifierSchema, { project, domain, name: run });
}

/** A run's identity from Flyte's message; an unset one gives empty texts. */
export function fromRunIdentifier(message: RunIdentifier | undefined): RunId {
  const { project = "", domain = "", name = "" } = message ?? {};
  return { project, domain, run: name };
}

/** Flyte's message for an action's identity. */
export function toActionIdentifier(id: ActionId): ActionIdentifier {
  return create(ActionIdentifierSchema, { run: toRunIdentifier(id), name: id.action });
}

/** An action's identity from Flyte's message; an unset one gives empty texts. */
export function fromActionIdentifier(message: ActionIdentifier | undefined): ActionId {
  return { ...fromRunIdentifier(message?.run), action: message?.name ?? "" };
}
