import type { GraphNodeMessage } from "@appenv/protocol/tasks";
import { pathOf } from "../../route/names.ts";
import type { Calls } from "./use-graph.ts";

const pages = { app: "apps", task: "tasks", trigger: "triggers" } as const;

/** The page of a node. */
export function nodePath({ kind, project, domain, name, task }: GraphNodeMessage): string {
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
  calls: "calls it",
};

/** The reasons for an edge in words. */
export function reasonWords(kinds: readonly string[]): string {
  return kinds.map((kind) => reasons[kind] ?? kind).join(", ");
}
