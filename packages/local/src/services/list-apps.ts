import { AppEnvError } from "@appenv/core";
import type { ListRequest } from "@appenv/protocol";
import type { AppView } from "./status-board.ts";

const defaultLimit = 100;
const maxLimit = 1_000;

/** One page of apps, and the token of the next one; empty at the end. */
export interface AppPage {
  readonly views: readonly AppView[];
  readonly token: string;
}

/**
 * The page a request asks for, in the order of names. An app that is created or deleted between two pages moves no
 * other one from its page. Organisation, cluster, filters and sorting are ignored, as by the open-source backend.
 */
export function listApps(views: readonly AppView[], { request, filterBy }: ListRequest): AppPage {
  const limit = Math.min(request?.limit || defaultLimit, maxLimit);
  const after = readToken(request?.token ?? "");
  const project = filterBy.case === "project" ? filterBy.value : undefined;
  const rest = views
    .map((view) => ({ view, key: sortKey(view) }))
    .filter(({ view }) => inProject(view, project))
    .toSorted((one, other) => compare(one.key, other.key))
    .filter(({ key }) => after === undefined || compare(key, after) > 0);
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

type SortKey = readonly [string, string, string];

function sortKey({ app }: AppView): SortKey {
  return [app.id.name, app.id.project, app.id.domain];
}

function compare(one: SortKey, other: SortKey): number {
  for (const index of [0, 1, 2] as const) {
    if (one[index] !== other[index]) return one[index] < other[index] ? -1 : 1;
  }
  return 0;
}

function writeToken(key: SortKey): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

function readToken(token: string): SortKey | undefined {
  if (token === "") return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (Array.isArray(key) && key.length === 3 && key.every((part) => typeof part === "string")) {
      return key as unknown as SortKey;
    }
  } catch {
    // Said below.
  }
  throw new AppEnvError("INVALID_OPTION", "The token of the list request is none that this platform gave.", {
    fix: "Ask for the first page without a token, and for each next one with the token of the answer before.",
  });
}
