import type { MessageInitShape } from "@bufbuild/protobuf";
import type { GraphEdgeSchema, GraphSchema } from "@appenv/protocol/tasks";
import type { GraphEdge } from "../../graph/graph.ts";
import type { ReadGraph } from "./read-graph.ts";

/** A graph as a message. */
export function graphMessage({ nodes, edges, leftOut }: ReadGraph): MessageInitShape<typeof GraphSchema> {
  return {
    nodes: nodes.map((node) => ({ ...node, secrets: [...node.secrets] })),
    edges: edges.map(edgeMessage),
    leftOut,
  };
}

/** An edge as a message. */
export function edgeMessage({ from, to, kinds, calls }: GraphEdge): MessageInitShape<typeof GraphEdgeSchema> {
  const counts = { ...calls, calls: BigInt(calls.calls), failures: BigInt(calls.failures) };
  return { from, to, kinds: [...kinds], calls: counts };
}
