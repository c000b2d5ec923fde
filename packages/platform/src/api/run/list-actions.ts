import { actionPhase, ActionType, type ListActionsRequest } from "@appenv/protocol/tasks";
import type { ActionRecord } from "@appenv/engine";
import { filteredPage } from "../requests/filtered-page.ts";
import { matcher, readDirection, readLimit } from "../requests/list-filter.ts";
import { invalidRequest, readRunId } from "../requests/ids.ts";
import type { RunReader } from "./run-reader.ts";

const types = { task: ActionType.TASK, trace: ActionType.TRACE, condition: ActionType.CONDITION } as const;

const fields = {
  name: ({ id }: ActionRecord) => id.action,
  phase: ({ phase }: ActionRecord) => actionPhase(phase),
  parent_name: ({ parent }: ActionRecord) => parent,
  parent_action_name: ({ parent }: ActionRecord) => parent,
  action_type: ({ kind }: ActionRecord) => types[kind],
  group: ({ group }: ActionRecord) => group,
  action_group: ({ group }: ActionRecord) => group,
  task_name: ({ task }: ActionRecord) => task?.name,
  function_name: ({ name }: ActionRecord) => name,
  created_at: ({ createdAt }: ActionRecord) => createdAt,
  updated_at: ({ createdAt, startedAt, endedAt }: ActionRecord) => endedAt ?? startedAt ?? createdAt,
};

/** The page of a run's actions a request asks for, in the order of their creation. @throws AppEnvError INVALID_OPTION, NOT_FOUND. */
export function listActions(
  reader: RunReader,
  { request, runId }: ListActionsRequest,
): { readonly items: readonly ActionRecord[]; readonly token: string } {
  const { id } = reader.run(readRunId(runId));
  if (readDirection(request) === "descending") {
    throw invalidRequest("Actions are listed in the order of their creation only.", "Sort by created_at, ascending.");
  }
  const page = { limit: readLimit(request), token: request?.token ?? "" };
  return filteredPage((part) => reader.engine.listActions(id, part), matcher(request?.filters ?? [], fields), page);
}
