import { createClient } from "@connectrpc/connect";
import type { ControlPlaneOptions } from "@appenv/core";
import { checkOptions } from "@appenv/core/internal";
import { GraphService, type GraphNodeMessage } from "@appenv/protocol/tasks";
import { connect, connectOptionNames } from "./control-plane/connect.ts";
import { requirePlatform } from "./control-plane/require-platform.ts";

/** An app, a task, a task environment, a trigger or a webhook of the platform. */
export interface GraphNode {
  /** Tells it from others; edges name it. */
  readonly id: string;
  /** `environment`: the tasks of a task environment together. `webhook`: a source whose deliveries an app has verified. */
  readonly kind: "app" | "environment" | "task" | "trigger" | "webhook";
  readonly project: string;
  readonly domain: string;
  readonly name: string;
  /** Of a trigger: the name of its task. */
  readonly task: string | undefined;
  /** The names of the secrets that its definition asks for. */
  readonly secrets: readonly string[];
  /** Of a task: the id of its environment. */
  readonly environment: string | undefined;
  /** Of a webhook: the name of its app. */
  readonly app: string | undefined;
}

/** One that depends on another, or calls it. */
export interface GraphEdge {
  /** The ids of nodes. */
  readonly from: string;
  readonly to: string;
  /**
   * `depends-on`: it may call the app, or the tasks of the environment, also by way of others. `parameter`: a parameter holds the
   * endpoint of the app. `fires`: the trigger starts runs of the task. `delivers`: the webhook's deliveries come to the app.
   * `calls`: there were calls since the platform has started.
   */
  readonly kinds: readonly string[];
  /** Since the platform has started, as `failures`. */
  readonly calls: number;
  readonly failures: number;
  /** On average over the last ten seconds, as `failuresPerSecond`. */
  readonly callsPerSecond: number;
  readonly failuresPerSecond: number;
}

/** The apps, tasks, triggers and webhooks of a project and domain, and the calls between them. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Reads the graph. @throws AppEnvError UNREACHABLE, UNSUPPORTED on other control planes than the embedded platform. */
export async function readGraph(options: ControlPlaneOptions = {}): Promise<Graph> {
  checkOptions(options, "readGraph", connectOptionNames);
  const controlPlane = await connect(options);
  requirePlatform(controlPlane, "Graphs of apps and tasks", "Flyte's console shows the actions of a run as a graph.");
  const { project = "", domain = "" } = controlPlane;
  const { graph } = await createClient(GraphService, controlPlane.transport).getGraph({ project, domain });
  return {
    nodes: (graph?.nodes ?? []).map(nodeOf),
    edges: (graph?.edges ?? []).map(({ from, to, kinds, calls }) => ({
      from,
      to,
      kinds,
      calls: Number(calls?.calls ?? 0),
      failures: Number(calls?.failures ?? 0),
      callsPerSecond: calls?.callsPerSecond ?? 0,
      failuresPerSecond: calls?.failuresPerSecond ?? 0,
    })),
  };
}

function nodeOf({ id, kind, project, domain, name, secrets, ...message }: GraphNodeMessage): GraphNode {
  const [task, environment, app] = [message.task, message.environment, message.app].map((text) => text || undefined);
  return { id, kind: kind as GraphNode["kind"], project, domain, name, task, secrets, environment, app };
}
