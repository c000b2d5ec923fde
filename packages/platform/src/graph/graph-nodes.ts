import type { TriggerRecord } from "@appenv/engine";
import type { AppDefinition, AppId, SecretReference } from "@appenv/protocol";
import type { Webhook } from "../inbox/inbox.ts";
import { environmentId, type GraphTask, type TaskGroup } from "./environments.ts";
import { nodeId, type NodeKind, type Place } from "./node-id.ts";

/** An app, a task, a task environment, a trigger or a webhook. */
export interface GraphNode extends Place {
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  /** Of a trigger: the name of its task. */
  readonly task: string;
  /** The names of the secrets that it asks for. */
  readonly secrets: readonly string[];
  /** Of a task: the id of its environment's node, if it has one. */
  readonly environment: string;
  /** Of a webhook: the name of its app. */
  readonly app: string;
}

/** The node of an app. */
export function appNode(of: { readonly id: AppId; readonly definition: AppDefinition }): GraphNode {
  const { id, definition } = of;
  return node("app", id, { name: id.name, secrets: secretsOf(definition.secrets) });
}

/** The node of a task environment. */
export function environmentNode(group: TaskGroup): GraphNode {
  return node("environment", group, { name: group.name });
}

/** The node of a task. */
export function taskNode(task: GraphTask): GraphNode {
  const { id, definition } = task;
  const secrets = secretsOf(definition?.secrets ?? []);
  return node("task", id, { name: id.name, secrets, environment: environmentId(task) ?? "" });
}

/** The node of a trigger. */
export function triggerNode(trigger: TriggerRecord): GraphNode {
  const { taskName: task, definition } = trigger;
  return { ...node("trigger", trigger, { name: definition.name, task }), id: triggerId(trigger) };
}

/** The node of a webhook. */
export function webhookNode(webhook: Webhook): GraphNode {
  const { app, source } = webhook;
  return { ...node("webhook", app, { name: source, app: app.name }), id: webhookId(webhook) };
}

/** The id of a trigger's node. */
export function triggerId(trigger: TriggerRecord): string {
  return nodeId("trigger", trigger, `${trigger.taskName}/${trigger.definition.name}`);
}

/** The id of a webhook's node. */
export function webhookId({ app, source }: Webhook): string {
  return nodeId("webhook", app, `${app.name}/${source}`);
}

function node(kind: NodeKind, { project, domain }: Place, of: Partial<GraphNode> & Pick<GraphNode, "name">): GraphNode {
  const id = nodeId(kind, { project, domain }, of.name);
  return { project, domain, id, kind, task: "", secrets: [], environment: "", app: "", ...of };
}

function secretsOf(references: readonly SecretReference[]): readonly string[] {
  return [...new Set(references.map(({ key }) => key))];
}
