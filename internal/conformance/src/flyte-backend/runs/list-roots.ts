import { Code, ConnectError } from "@connectrpc/connect";
import { Filter_Function, type ListRunsRequest } from "@appenv/protocol/tasks";
import type { ActionState, State } from "../state.ts";

/** Columns that filters may name, of those that this stand-in reads. Labels are no column. */
const columns: Readonly<Record<string, (action: ActionState) => string>> = {
  phase: ({ phase }) => String(phase),
  run_name: ({ run }) => run.name,
  task_name: (action) => taskOf(action)?.name ?? "",
  task_version: (action) => taskOf(action)?.version ?? "",
};

/** The first actions of the runs that a request is about. @throws ConnectError InvalidArgument for other filters. */
export function listRoots(state: State, { scopeBy, request }: ListRunsRequest): readonly ActionState[] {
  const tests = (request?.filters ?? []).map(({ field, function: test, values }) => {
    const column = columns[field];
    if (column === undefined || (test !== Filter_Function.VALUE_IN && test !== Filter_Function.EQUAL)) {
      throw new ConnectError(`failed to convert filters: invalid filter field: ${field}`, Code.InvalidArgument);
    }
    return (action: ActionState): boolean => values.includes(column(action));
  });
  return state.actions.filter(
    (action) => action.name === "a0" && isIn(action, scopeBy) && tests.every((test) => test(action)),
  );
}

function taskOf({ spec }: ActionState) {
  return spec.case === "task" ? spec.value.id : undefined;
}

function isIn(action: ActionState, scope: ListRunsRequest["scopeBy"]): boolean {
  const { run } = action;
  if (scope.case === "projectId") return run.project === scope.value.name && run.domain === scope.value.domain;
  if (scope.case !== "taskName" && scope.case !== "taskId") return true;
  const task = taskOf(action);
  const { project, domain, name } = scope.value;
  if (task?.project !== project || task.domain !== domain || task.name !== name) return false;
  return scope.case === "taskName" || task.version === scope.value.version;
}
