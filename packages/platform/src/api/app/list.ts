import type { ListRequest } from "@appenv/protocol";
import { readOrder, readToken, writeToken } from "./order.ts";
import type { AppView } from "./status-board.ts";
import { matcher } from "../requests/list-filter.ts";
import { localUser } from "../identity/local-user.ts";

const defaultLimit = 100;
const maxLimit = 1_000;

/** One page of apps, and the token of the next one; empty at the end. */
export interface AppPage {
  readonly views: readonly AppView[];
  readonly token: string;
}

/** Fields that apps can be filtered by. The status is the name of Flyte's value, not its number. */
const fields = {
  name: ({ app }: AppView) => app.id.name,
  project: ({ app }: AppView) => app.id.project,
  domain: ({ app }: AppView) => app.id.domain,
  status_phase: ({ app }: AppView) => `DEPLOYMENT_STATUS_${app.phase}`,
  created_by: () => localUser(),
  created_at: ({ app }: AppView) => app.createdAt,
  updated_at: ({ app }: AppView) => app.updatedAt,
};

/**
 * The page a request asks for, in the order of names unless it says another. An app that is created or deleted between
 * two pages moves no other one from its page. Organisation and cluster are ignored, as by the open-source backend.
 *
 * @throws AppEnvError INVALID_OPTION.
 */
export function listApps(views: readonly AppView[], { request, filterBy }: ListRequest): AppPage {
  const limit = Math.min(request?.limit || defaultLimit, maxLimit);
  const after = readToken(request?.token ?? "");
  const order = readOrder(request);
  const matches = matcher(request?.filters ?? [], fields);
  const project = filterBy.case === "project" ? filterBy.value : undefined;
  const rest = views
    .filter((view) => inProject(view, project) && matches(view))
    .map((view) => ({ view, key: order.key(view) }))
    .toSorted((one, other) => order.compare(one.key, other.key))
    .filter(({ key }) => after === undefined || order.compare(key, after) > 0);
  const page = rest.slice(0, limit);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  return { views: page.map(({ view }) => view), token: last === undefined ? "" : writeToken(last.key) };
}

/** Whether an app is in a project; one without a domain has all domains, one without a name is every project. */
export function inProject({ app }: AppView, project: { name: string; domain: string } | undefined): boolean {
  if (project === undefined) return true;
  const { name, domain } = project;
  return (name === "" || name === app.id.project) && (domain === "" || domain === app.id.domain);
}
