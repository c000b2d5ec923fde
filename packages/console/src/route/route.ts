import type { Name } from "./names.ts";

/** A page that is about nothing single. */
export type ListPage = "overview" | "runs" | "apps" | "tasks" | "triggers" | "keys" | "graph" | "webhooks" | "queues";

/** A page, and what it shows. */
export type Route =
  | { readonly page: ListPage | "nothing" }
  | { readonly page: "app" | "task" | "trigger" | "queue"; readonly name: Name }
  | { readonly page: "delivery"; readonly id: string }
  /** Without an action: the one that tells most. */
  | { readonly page: "run"; readonly name: Name; readonly action: string | undefined };

const thing =
  /^\/v2\/domain\/([^/]+)\/project\/([^/]+)\/(apps|runs|tasks|triggers|queues)\/([^/]+)(?:\/actions\/([^/]+))?\/?$/;
const lists: Readonly<Record<string, ListPage>> = {
  "/": "overview",
  "/v2/runs": "runs",
  "/v2/apps": "apps",
  "/v2/tasks": "tasks",
  "/v2/triggers": "triggers",
  "/v2/queues": "queues",
  "/v2/graph": "graph",
  "/v2/keys": "keys",
  "/v2/webhooks": "webhooks",
};
/** The path of a thing without its name, which people cut off by hand. */
const listOf = /^\/v2\/domain\/[^/]+\/project\/[^/]+\/(apps|runs|tasks|triggers|queues)\/?$/;
const pages = { apps: "app", tasks: "task", triggers: "trigger", queues: "queue" } as const;

/** The page that a path means. */
export function readRoute(path: string): Route {
  const list = lists[path.length > 1 ? path.replace(/\/$/, "").replace(listOf, "/v2/$1") : path];
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
