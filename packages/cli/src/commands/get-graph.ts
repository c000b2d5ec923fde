import type { Command } from "commander";
import type { GraphNode } from "@appenv/client/tasks";
import { createCommand, withOutput, withControlPlane, type ControlPlaneFlags } from "../options/common.ts";
import { controlPlaneOf } from "../options/control-plane.ts";
import { createOutput } from "../output/output.ts";
import { table } from "../output/table.ts";

/** `appenv get graph`: lists who depends on whom, and the calls between them. */
export function getGraphCommand(): Command {
  const command = createCommand(
    "graph",
    "list which apps, tasks, triggers and webhooks depend on one another, and their calls",
  ).action(getGraph);
  return withOutput(withControlPlane(command), ["appenv get graph", "appenv get graph --json"]);
}

async function getGraph(options: ControlPlaneFlags): Promise<void> {
  const output = createOutput(options);
  const { readGraph } = await import("@appenv/client/tasks");
  const graph = await readGraph(controlPlaneOf(options));
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const rows = graph.edges.map(({ from, to, kinds, calls, failures, callsPerSecond }) => [
    wordsOf(nodes.get(from)),
    wordsOf(nodes.get(to)),
    kinds.join(", "),
    String(calls),
    String(failures),
    callsPerSecond.toFixed(1),
  ]);
  const text = table(["FROM", "TO", "WHY", "CALLS", "FAILED", "PER SECOND"], rows);
  const none = "Nothing depends on anything here. `appenv get app` and `appenv get task` list what there is.";
  if (rows.length === 0) output.result(graph, none);
  else output.result(graph, text);
}

function wordsOf(node: GraphNode | undefined): string {
  if (node === undefined) return "";
  return node.app === undefined ? `${node.kind} ${node.name}` : `${node.kind} ${node.name} of ${node.app}`;
}
