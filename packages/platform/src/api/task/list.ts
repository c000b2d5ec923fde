import { Filter_Function, type Filter, type ListTasksRequest } from "@appenv/protocol/tasks";
import type { TaskRecord, TaskRegistry } from "@appenv/engine";
import { pageTokens } from "@appenv-internal/state/page-token";
import { filteredPage, pageOf, type TokenPage } from "../requests/pages.ts";
import { matcher, readDirection, readLimit } from "../requests/list-filter.ts";
import { localUser } from "../identity/local-user.ts";
import { labelOf } from "./lookup.ts";

const fields = {
  name: ({ id }: TaskRecord) => id.name,
  version: ({ id }: TaskRecord) => id.version,
  project: ({ id }: TaskRecord) => id.project,
  domain: ({ id }: TaskRecord) => id.domain,
  environment: ({ id, definition }: TaskRecord) => definition?.environment ?? labelOf(id, undefined).environment,
  created_at: ({ deployedAt }: TaskRecord) => deployedAt,
  deployed_at: ({ deployedAt }: TaskRecord) => deployedAt,
  deployed_by: () => localUser(),
};

/** The newest version of each task a request asks for, the one deployed last first unless it says otherwise. */
export function listTasks(
  registry: Pick<TaskRegistry, "list">,
  { request, scopeBy, knownFilters }: ListTasksRequest,
): TokenPage<TaskRecord> & { readonly total: number; readonly filteredTotal: number } {
  const { name: project, domain } = scopeBy.case === "projectId" ? scopeBy.value : { name: "", domain: "" };
  const filters = request?.filters ?? [];
  const contains = namePart(filters);
  const scope = { project, domain, ...(contains === undefined ? {} : { contains }) };
  const matches = matcher(filters, fields);
  const known = knownFilters.every(({ filterBy }) =>
    // Any task here can be run by itself.
    filterBy.case === "isEntrypoint"
      ? filterBy.value
      : filterBy.case !== "deployedBy" || filterBy.value === localUser(),
  );
  const list = (part: { limit: number; token: string }) => registry.list(scope, part);
  const { total } = registry.list({ project, domain }, { limit: 1, token: "" });
  if (!known) return { items: [], token: "", total, filteredTotal: 0 };
  const page = { limit: readLimit(request), token: request?.token ?? "" };
  const filteredTotal = filters.length === 0 ? total : everything(list).filter(matches).length;
  const oldestFirst = readDirection(request) === "ascending";
  const tokens = pageTokens("tasks", [scope, filters, knownFilters, oldestFirst]);
  const found = oldestFirst
    ? pageOf(everything(list).filter(matches).toReversed(), page, tokens)
    : filteredPage(list, matches, page, tokens);
  return { ...found, total, filteredTotal };
}

/** A part of the name that all tasks asked for have. */
function namePart(filters: readonly Filter[]): string | undefined {
  const narrow = filters.find(
    ({ field, function: test }) =>
      field === "name" && (test === Filter_Function.EQUAL || test === Filter_Function.CONTAINS),
  );
  return narrow?.values[0];
}

function everything(list: (page: { limit: number; token: string }) => ReturnType<TaskRegistry["list"]>): TaskRecord[] {
  const all: TaskRecord[] = [];
  for (let token = "", isLast = false; !isLast; isLast = token === "") {
    const page = list({ limit: 500, token });
    all.push(...page.items);
    token = page.token;
  }
  return all;
}
