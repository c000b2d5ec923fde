import {
  actionPhase,
  actionPhaseName,
  Filter_Function,
  type Filter,
  type ListActionsRequest,
  type ListRunsRequest,
} from "@appenv/protocol/tasks";
import { pageTokens } from "@appenv-internal/state/page-token";
import type { ActionRecord, RunRecord, RunFilter, TaskEngine } from "@appenv/engine";
import { filteredPage, type TokenPage } from "../requests/pages.ts";
import { matcher, readDirection, readLimit } from "../requests/list-filter.ts";
import { localUser } from "../identity/local-user.ts";
import { invalidRequest, readRunId, readTaskId, readTriggerId } from "../requests/ids.ts";
import { actionTypes } from "./messages.ts";
import type { RunReader } from "./run-reader.ts";

const runFields = {
  name: ({ id }: RunRecord) => id.run,
  run_name: ({ id }: RunRecord) => id.run,
  project: ({ id }: RunRecord) => id.project,
  domain: ({ id }: RunRecord) => id.domain,
  phase: ({ root }: RunRecord) => actionPhase(root.phase),
  task_name: ({ root }: RunRecord) => root.task?.name,
  task_version: ({ root }: RunRecord) => root.task?.version,
  created_at: ({ root }: RunRecord) => root.createdAt,
  updated_at: ({ root }: RunRecord) => root.endedAt ?? root.startedAt ?? root.createdAt,
  ended_at: ({ root }: RunRecord) => root.endedAt,
  created_by: () => localUser(),
  trigger_name: ({ trigger }: RunRecord) => trigger?.name,
};

/** The page of runs a request asks for, the newest first unless it says otherwise. @throws AppEnvError INVALID_OPTION. */
export function listRuns(
  engine: Pick<TaskEngine, "listRuns">,
  { request, scopeBy, pausedActionsOnly: pausedOnly }: ListRunsRequest,
): TokenPage<RunRecord> {
  const filters = request?.filters ?? [];
  const oldestFirst = readDirection(request) === "ascending";
  const scope = { ...readScope(scopeBy), ...narrowed(filters), ...(oldestFirst ? { oldestFirst } : {}), pausedOnly };
  const page = { limit: readLimit(request), token: request?.token ?? "" };
  const matches = matcher(filters, runFields, ({ settings }) => settings.labels);
  const tokens = pageTokens("runs", [scope, filters]);
  return filteredPage((part) => engine.listRuns(scope, part), matches, page, tokens);
}

function readScope(scope: ListRunsRequest["scopeBy"]): RunFilter {
  switch (scope.case) {
    case "projectId":
      return { project: scope.value.name, domain: scope.value.domain };
    case "taskName":
    case "taskId": {
      const { project, domain, name, version } = readTaskId(scope.value);
      return { project, domain, taskName: name, ...(version === "" ? {} : { taskVersion: version }) };
    }
    case "triggerName": {
      const { project, domain, taskName, name } = readTriggerId(scope.value);
      return { project, domain, trigger: { taskName, name } };
    }
    default:
      return { project: "", domain: "" };
  }
}

/** The filters that the engine can look up by itself, so that a list of few among many is not a long search. */
function narrowed(filters: readonly Filter[]): Partial<RunFilter> {
  let scope: Partial<RunFilter> = {};
  for (const { field, function: test, values } of filters) {
    const isOne = test === Filter_Function.EQUAL;
    const [value] = values;
    const [, label] = /^labels\.(.+)$/s.exec(field) ?? [];
    if (label !== undefined && isOne && value !== undefined) {
      scope = { ...scope, labels: { ...scope.labels, [label]: value } };
    }
    if (field === "task_name" && isOne && value !== undefined) scope = { ...scope, taskName: value };
    if (field === "task_version" && isOne && value !== undefined) scope = { ...scope, taskVersion: value };
    if (field !== "phase" || (!isOne && test !== Filter_Function.VALUE_IN)) continue;
    const phases = (isOne ? values.slice(0, 1) : values).map((text) => actionPhaseName(Number(text)));
    scope = { ...scope, phases };
  }
  return scope;
}

const actionFields = {
  name: ({ id }: ActionRecord) => id.action,
  phase: ({ phase }: ActionRecord) => actionPhase(phase),
  parent_name: ({ parent }: ActionRecord) => parent,
  parent_action_name: ({ parent }: ActionRecord) => parent,
  action_type: ({ kind }: ActionRecord) => actionTypes[kind],
  group: ({ group }: ActionRecord) => group,
  action_group: ({ group }: ActionRecord) => group,
  task_name: ({ task }: ActionRecord) => task?.name,
  function_name: ({ name }: ActionRecord) => name,
  created_at: ({ createdAt }: ActionRecord) => createdAt,
  updated_at: ({ createdAt, startedAt, endedAt }: ActionRecord) => endedAt ?? startedAt ?? createdAt,
};

/** The page of a run's actions a request asks for, in the order of their creation. @throws AppEnvError INVALID_OPTION, NOT_FOUND. */
export function listActions(reader: RunReader, { request, runId }: ListActionsRequest): TokenPage<ActionRecord> {
  const { id } = reader.run(readRunId(runId));
  if (readDirection(request) === "descending") {
    throw invalidRequest("Actions are listed in the order of their creation only.", "Sort by created_at, ascending.");
  }
  const page = { limit: readLimit(request), token: request?.token ?? "" };
  const filters = request?.filters ?? [];
  const tokens = pageTokens("actions", [id, filters]);
  return filteredPage((part) => reader.engine.listActions(id, part), matcher(filters, actionFields), page, tokens);
}
