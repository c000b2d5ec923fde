import type { Name } from "./names.ts";

const thing =
  /^\/v2\/domain\/([^/]+)\/project\/([^/]+)\/(apps|runs|tasks|triggers|queues)\/([^/]+)(?:\/actions\/([^/]+))?\/?$/;
const lists = {
  "/": "overview",
  "/v2/runs": "runs",
  "/v2/apps": "apps",
  "/v2/tasks": "tasks",
  "/v2/triggers": "triggers",
  "/v2/queues": "queues",
  "/v2/graph": "graph",
  "/v2/keys": "keys",
  "/v2/webhooks": "webhooks",
  "/v2/events": "events",
} as const;
/** The path of a thing without its name, which people cut off by hand. */
const listOf = /^\/v2\/domain\/[^/]+\/project\/[^/]+\/(apps|runs|tasks|triggers|queues)\/?$/;
const pages = { apps: "app", tasks: "task", triggers: "trigger", queues: "queue" } as const;

/** A page that is about nothing single. */
export type ListPage = (typeof lists)[keyof typeof lists];

type ThingPage = (typeof pages)[keyof typeof pages];

/** A page, and what it shows. */
export type Route =
  | { readonly page: ListPage | "nothing" }
  | { readonly page: ThingPage; readonly name: Name }
  | { readonly page: "delivery"; readonly id: string }
  /** Without an action: the one that tells most. */
  | { readonly page: "run"; readonly name: Name; readonly action: string | undefined };

/** The compiler sees to it that a new page is not forgotten here. */
const others: Readonly<Record<Exclude<Route["page"], ListPage | ThingPage>, true>> = {
  delivery: true,
  run: true,
  nothing: true,
};

/** The names of all pages. */
export const pageNames: readonly string[] = [...Object.values(lists), ...Object.values(pages), ...Object.keys(others)];

/** The page that a path means. */
export function readRoute(path: string): Route {
  const list = (lists as Readonly<Record<string, ListPage>>)[
    path.length > 1 ? path.replace(/\/$/, "").replace(listOf, "/v2/$1") : path
  ];
  if (list !== undefined) return { page: list };
  const delivery = /^\/v2\/webhooks\/([\w-]+)\/?$/.exec(path)?.[1];
  if (delivery !== undefined) return { page: "delivery", id: delivery };
  const parts = readParts(path);
  if (parts === undefined) return { page: "nothing" };
  const [domain = "", project = "", kind = "", name = "", action] = parts;
  const named = { project, domain, name };
  if (kind === "runs") return { page: "run", name: named, action };
  return action === undefined ? { page: pages[kind as keyof typeof pages], name: named } : { page: "nothing" };
}

function readParts(path: string): readonly (string | undefined)[] | undefined {
  try {
    return thing
      .exec(path)
      ?.slice(1)
      .map((part) => (part === undefined ? undefined : decodeURIComponent(part)));
  } catch {
    return undefined;
  }
}
