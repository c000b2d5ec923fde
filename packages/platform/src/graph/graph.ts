import { dependsOnVar, readNames } from "@appenv/core/internal";
import type { AppDefinition, AppId, SecretReference } from "@appenv/protocol";
import type { TaskRecord, TriggerRecord } from "@appenv/engine";
import type { CalledEdge, EdgeCalls } from "./call-rates.ts";
import { nodeId, type NodeKind, type Place } from "./node-id.ts";

/** An app, a task or a trigger. */
export interface GraphNode extends Place {
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  /** Of a trigger: the name of its task. */
  readonly task: string;
  /** The names of the secrets that it asks for. */
  readonly secrets: readonly string[];
}

/** The reason for an edge, as in `graph.proto`. */
export type EdgeKind = "depends-on" | "parameter" | "fires" | "calls";

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
  readonly tasks: readonly Pick<TaskRecord, "id" | "definition">[];
  readonly triggers: readonly TriggerRecord[];
  readonly calls: readonly CalledEdge[];
}

const none: EdgeCalls = { calls: 0, failures: 0, callsPerSecond: 0, failuresPerSecond: 0 };

/** Makes the graph of definitions and calls. Calls of what is not there any more are left out. */
export function makeGraph({ apps, tasks, triggers, calls }: GraphParts): Graph {
  const nodes = [...apps.map(appNode), ...tasks.map(taskNode), ...triggers.map(triggerNode)];
  const known = new Set(nodes.map(({ id }) => id));
  const edges = new Map<string, GraphEdge>();
  const add = (from: string, to: string, kind: EdgeKind, counted: EdgeCalls = none): void => {
    if (!known.has(from) || !known.has(to)) return;
    const before = edges.get(`${from} ${to}`);
    const kinds = [...new Set([...(before?.kinds ?? []), kind])];
    edges.set(`${from} ${to}`, { from, to, kinds, calls: counted === none ? (before?.calls ?? none) : counted });
  };
  for (const { id, definition } of apps) {
    const from = nodeId("app", id, id.name);
    for (const [name, kind] of neededApps(definition)) add(from, nodeId("app", id, name), kind);
  }
  for (const { id, definition } of tasks) {
    const from = nodeId("task", id, id.name);
    for (const name of namesIn(definition?.envVars)) add(from, nodeId("app", id, name), "depends-on");
  }
  for (const trigger of triggers) add(triggerId(trigger), nodeId("task", trigger, trigger.taskName), "fires");
  for (const { from, to, ...counted } of calls) add(from, to, "calls", counted);
  return { nodes, edges: [...edges.values()] };
}

/** The env var of what an app depends on names the apps of its parameters too. */
function neededApps({ envVars, parameters = [] }: AppDefinition): readonly (readonly [string, EdgeKind])[] {
  const asked = parameters.flatMap(({ type, value }) => (type === "app_endpoint" ? [value] : []));
  const depends = namesIn(envVars).filter((name) => !asked.includes(name));
  return [
    ...depends.map((name) => [name, "depends-on"] as const),
    ...asked.map((name) => [name, "parameter"] as const),
  ];
}

function namesIn(envVars: Readonly<Record<string, string>> | undefined): readonly string[] {
  return Object.values(readNames(envVars?.[dependsOnVar]));
}

function appNode({ id, definition }: GraphParts["apps"][number]): GraphNode {
  return {
    ...placeOf(id),
    id: nodeId("app", id, id.name),
    kind: "app",
    name: id.name,
    ...secretsOf(definition.secrets),
  };
}

function taskNode({ id, definition }: GraphParts["tasks"][number]): GraphNode {
  const secrets = secretsOf(definition?.secrets ?? []);
  return { ...placeOf(id), id: nodeId("task", id, id.name), kind: "task", name: id.name, ...secrets };
}

function triggerNode(trigger: TriggerRecord): GraphNode {
  const { taskName: task, definition } = trigger;
  return { ...placeOf(trigger), id: triggerId(trigger), kind: "trigger", name: definition.name, task, secrets: [] };
}

function triggerId(trigger: TriggerRecord): string {
  return nodeId("trigger", trigger, `${trigger.taskName}/${trigger.definition.name}`);
}

function placeOf({ project, domain }: Place): Place {
  return { project, domain };
}

function secretsOf(references: readonly SecretReference[]): Pick<GraphNode, "secrets" | "task"> {
  return { task: "", secrets: [...new Set(references.map(({ key }) => key))] };
}
