import { dependsOnTasksVar, dependsOnVar, readNames } from "@appenv/core/internal";
import type { AppDefinition, AppId } from "@appenv/protocol";
import type { TriggerRecord } from "@appenv/engine";
import type { Webhook } from "../inbox/inbox.ts";
import type { CalledEdge, EdgeCalls } from "./call-rates.ts";
import { environmentsOf, type GraphTask } from "./environments.ts";
import * as nodes from "./graph-nodes.ts";
import type { GraphNode } from "./graph-nodes.ts";
import { nodeId, type Place } from "./node-id.ts";

/** The reason for an edge, as in `graph.proto`. */
export type EdgeKind = "depends-on" | "parameter" | "fires" | "delivers" | "calls";

/** One that depends on another, or calls it. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kinds: readonly EdgeKind[];
  readonly calls: EdgeCalls;
}

/** Dependencies and calls. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** Between these nodes alone. */
  readonly edges: readonly GraphEdge[];
}

/** The parts that a graph is made of. */
export interface GraphParts {
  readonly apps: readonly { readonly id: AppId; readonly definition: AppDefinition }[];
  readonly tasks: readonly GraphTask[];
  readonly triggers: readonly TriggerRecord[];
  readonly webhooks: readonly Webhook[];
  readonly calls: readonly CalledEdge[];
}

const none: EdgeCalls = { calls: 0, failures: 0, callsPerSecond: 0, failuresPerSecond: 0 };

/** Makes the graph of definitions and calls. Calls of what is not there any more are left out. */
export function makeGraph({ apps, tasks, triggers, webhooks, calls }: GraphParts): Graph {
  const groups = environmentsOf(tasks);
  const edges = new Edges([
    ...apps.map(nodes.appNode),
    ...groups.map(nodes.environmentNode),
    ...tasks.map(nodes.taskNode),
    ...triggers.map(nodes.triggerNode),
    ...webhooks.map(nodes.webhookNode),
  ]);
  for (const { id, definition } of apps) {
    const asked = endpointsAsked(definition);
    edges.depend(nodeId("app", id, id.name), id, definition.envVars, asked);
    for (const name of asked) edges.add(nodeId("app", id, id.name), nodeId("app", id, name), "parameter");
  }
  for (const group of groups) edges.depend(group.id, group, group.envVars);
  for (const each of triggers) edges.add(nodes.triggerId(each), nodeId("task", each, each.taskName), "fires");
  for (const each of webhooks) edges.add(nodes.webhookId(each), nodeId("app", each.app, each.app.name), "delivers");
  for (const each of calls) edges.call(each);
  return { nodes: edges.nodes, edges: edges.all() };
}

/** The edges between nodes that are there. */
class Edges {
  readonly nodes: readonly GraphNode[];
  readonly #owners: ReadonlyMap<string, string>;
  readonly #edges: Map<string, GraphEdge> = new Map();

  constructor(of: readonly GraphNode[]) {
    this.nodes = of;
    this.#owners = new Map(of.map(({ id, environment }) => [id, environment === "" ? id : environment]));
  }

  all(): readonly GraphEdge[] {
    return [...this.#edges.values()];
  }

  add(from: string, to: string, kind: EdgeKind, calls?: EdgeCalls): void {
    if (!this.#owners.has(from) || !this.#owners.has(to)) return;
    const before = this.#edges.get(`${from} ${to}`);
    const kinds = [...new Set([...(before?.kinds ?? []), kind])];
    this.#edges.set(`${from} ${to}`, { from, to, kinds, calls: calls ?? before?.calls ?? none });
  }

  /** Adds what env vars say of dependencies. Those of an app name the apps of its parameters too. */
  depend(from: string, place: Place, envVars: AppDefinition["envVars"], apart: readonly string[] = []): void {
    const names = (name: string): readonly string[] => Object.values(readNames(envVars[name]));
    const apps = names(dependsOnVar).filter((name) => !apart.includes(name));
    for (const name of apps) this.add(from, nodeId("app", place, name), "depends-on");
    for (const name of names(dependsOnTasksVar)) this.add(from, nodeId("environment", place, name), "depends-on");
  }

  /** Adds calls, and that they were declared where the environments of the two say so. */
  call({ from, to, ...counted }: CalledEdge): void {
    const declared = this.#edges.get(`${this.#owners.get(from)} ${this.#owners.get(to)}`);
    if (declared?.kinds.includes("depends-on")) this.add(from, to, "depends-on");
    this.add(from, to, "calls", counted);
  }
}

function endpointsAsked({ parameters = [] }: AppDefinition): readonly string[] {
  return parameters.flatMap(({ type, value }) => (type === "app_endpoint" ? [value] : []));
}
