import type { GraphNodeMessage } from "@appenv/protocol/tasks";
import { plain } from "../../parts/text.tsx";
import { pathOf } from "../../route/names.ts";
import type { Calls } from "./use-graph.ts";

const pages = { app: "apps", task: "tasks", trigger: "triggers" } as const;

/** The kind of a node and its name. */
export function nodeWords({ kind, name, app }: Pick<GraphNodeMessage, "kind" | "name" | "app">): string {
  return app === "" ? `${kind} ${plain(name)}` : `${kind} ${plain(name)} of ${plain(app)}`;
}

/** The name of a task in the box of its environment, which says the rest. */
export function nameInside({ name, environment }: Pick<GraphNodeMessage, "name" | "environment">): string {
  const begin = `${environment.slice(environment.lastIndexOf("/") + 1)}.`;
  return name.startsWith(begin) ? name.slice(begin.length) : name;
}

/** The page of a node; of an environment, that of its tasks. */
export function nodePath({ kind, project, domain, name, task, app }: GraphNodeMessage): string {
  if (kind === "environment") return `/v2/tasks?text=${encodeURIComponent(`${name}.`)}`;
  if (kind === "webhook") return `/v2/webhooks?${new URLSearchParams({ app, source: name })}`;
  const path = pathOf(pages[kind as keyof typeof pages], { project, domain, name });
  return task === "" ? path : `${path}?task=${encodeURIComponent(task)}`;
}

/** Calls per second in short; empty if there are none now. */
export function rateText(calls: Calls | undefined): string {
  const rate = calls?.callsPerSecond ?? 0;
  if (rate === 0) return "";
  return `${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`;
}

/** Failed calls per second in short; empty if there are none now. */
export function failureText(calls: Calls | undefined): string {
  const rate = calls?.failuresPerSecond ?? 0;
  return rate === 0 ? "" : `${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s fail`;
}

const reasons: Readonly<Record<string, string>> = {
  "depends-on": "depends on it",
  parameter: "has its endpoint as a parameter",
  fires: "fires it",
  delivers: "delivers to it",
  calls: "calls it",
};

/** The reasons for an edge in words. */
export function reasonWords(kinds: readonly string[]): string {
  return kinds.map((kind) => reasons[kind] ?? kind).join(", ");
}
