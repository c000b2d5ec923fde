import { pageTokens } from "@appenv-internal/state/page-token";
import { Sort_Direction, type ListRequest } from "@appenv/protocol";
import { invalidRequest } from "../requests/ids.ts";
import type { AppView } from "./status-board.ts";
import { matcher } from "../requests/list-filter.ts";
import type { TokenPage } from "../requests/pages.ts";
import { localUser } from "../identity/local-user.ts";

const defaultLimit = 100;
const maxLimit = 1_000;

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
export function listApps(views: readonly AppView[], { request, filterBy }: ListRequest): TokenPage<AppView> {
  const limit = Math.min(request?.limit || defaultLimit, maxLimit);
  const order = readOrder(request);
  const filters = request?.filters ?? [];
  const matches = matcher(filters, fields);
  const project = filterBy.case === "project" ? filterBy.value : undefined;
  const tokens = pageTokens("apps", [project, filters, request?.sortByFields, request?.sortBy]);
  const after = tokens.read(request?.token ?? "") as SortKey | undefined;
  const rest = views
    .filter((view) => inProject(view, project) && matches(view))
    .map((view) => ({ view, key: order.key(view) }))
    .toSorted((one, other) => order.compare(one.key, other.key))
    .filter(({ key }) => after === undefined || order.compare(key, after) > 0);
  const page = rest.slice(0, limit);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  return { items: page.map(({ view }) => view), token: last === undefined ? "" : tokens.write(last.key) };
}

/** Tells whether an app is in a project; a project without a domain has all domains, one without a name is every project. */
export function inProject({ app }: AppView, project: { name: string; domain: string } | undefined): boolean {
  if (project === undefined) return true;
  const { name, domain } = project;
  return (name === "" || name === app.id.project) && (domain === "" || domain === app.id.domain);
}

/** The position of an app in a list: the field it is sorted by, then its name, project and domain. */
type SortKey = readonly [string | number, string, string, string];

/** The order of a list of apps. */
interface AppOrder {
  key(view: AppView): SortKey;
  compare(one: SortKey, other: SortKey): number;
}

const sortFields: Readonly<Record<string, (view: AppView) => string | number>> = {
  name: ({ app }) => app.id.name,
  project: ({ app }) => app.id.project,
  domain: ({ app }) => app.id.domain,
  created_at: ({ app }) => app.createdAt.getTime(),
  updated_at: ({ app }) => app.updatedAt.getTime(),
};

/** The order that a request asks for; by name if it does not say. @throws AppEnvError INVALID_OPTION. */
function readOrder(request: ListRequest["request"]): AppOrder {
  const { key: field = "", direction = Sort_Direction.ASCENDING } = request?.sortByFields[0] ?? request?.sortBy ?? {};
  const read = Object.hasOwn(sortFields, field || "name") ? sortFields[field || "name"] : undefined;
  if (read === undefined) {
    const known = Object.keys(sortFields).join(", ");
    throw invalidRequest(`Apps cannot be sorted by '${field.slice(0, 100)}'.`, `Sort by one of: ${known}.`);
  }
  const sign = field !== "" && direction === Sort_Direction.DESCENDING ? -1 : 1;
  return {
    key: (view) => [read(view), view.app.id.name, view.app.id.project, view.app.id.domain],
    compare: (one, other) => sign * compare(one, other),
  };
}

function compare(one: SortKey, other: SortKey): number {
  for (const index of [0, 1, 2, 3] as const) {
    if (one[index] !== other[index]) return one[index] < other[index] ? -1 : 1;
  }
  return 0;
}
