import type { ListTriggersRequest } from "@appenv/protocol/tasks";
import type { TriggerId, TriggerRecord, Triggers } from "@appenv/engine";
import { pageTokens } from "@appenv-internal/state/page-token";
import { pageOf, type TokenPage } from "../requests/pages.ts";

const defaultLimit = 100;

type PageRequest = { readonly limit: number; readonly token: string } | undefined;

/** The page of triggers that a request asks for. @throws AppEnvError INVALID_OPTION. */
export function listTriggers(triggers: Triggers, request: ListTriggersRequest): TokenPage<TriggerRecord> {
  return page(inScope(triggers, request), request.request, ["triggers", request.scopeBy]);
}

/** A page of what happened to a trigger. @throws AppEnvError INVALID_OPTION. */
export function listHistory(
  triggers: Triggers,
  id: TriggerId,
  request: PageRequest,
): TokenPage<ReturnType<Triggers["history"]>[number]> {
  return page(triggers.history(id), request, ["trigger revisions", id]);
}

function page<T>(all: readonly T[], request: PageRequest, [list, filter]: readonly [string, unknown]): TokenPage<T> {
  const { limit = 0, token = "" } = request ?? {};
  return pageOf(all, { limit: limit > 0 ? limit : defaultLimit, token }, pageTokens(list, filter));
}

function inScope(triggers: Triggers, { scopeBy }: ListTriggersRequest): readonly TriggerRecord[] {
  switch (scopeBy.case) {
    case "projectId":
      return triggers.list({ project: scopeBy.value.name, domain: scopeBy.value.domain });
    case "taskName": {
      const { project, domain, name } = scopeBy.value;
      return triggers.list({ project, domain, taskName: name });
    }
    case "taskId": {
      const { project, domain, name, version } = scopeBy.value;
      return triggers.list({ project, domain, taskName: name }).filter(({ taskVersion }) => taskVersion === version);
    }
    default:
      return triggers.list({ project: "", domain: "" });
  }
}
