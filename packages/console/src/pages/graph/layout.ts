import { Graph, layout, type GraphLabel, type NodeLabel, type EdgeLabel } from "@dagrejs/dagre";
import type { GraphEdgeMessage, GraphNodeMessage } from "@appenv/protocol/tasks";
import type { Shape } from "./shape.ts";

/** The size of a node, in the units of the drawing. */
export const nodeSize = { width: 190, height: 42 } as const;
const gap = 18;

/** A point of the drawing. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A node at its place. */
export interface PlacedNode extends Point {
  readonly node: GraphNodeMessage;
}

/** An edge at its place. */
export interface PlacedEdge {
  readonly edge: GraphEdgeMessage;
  readonly points: readonly Point[];
}

/** A drawing. */
export interface Layout {
  /** Each with its middle. */
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

/**
 * Lays out a shape: callers to the left of what they call, or above it; what has no edges stands below, in rows.
 *
 * @param isTall - True for a frame that is higher than wide.
 */
export function layOut({ nodes, edges }: Shape, isTall: boolean = false): Layout {
  const connected = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const drawn = connect(
    nodes.filter(({ id }) => connected.has(id)),
    edges,
    isTall,
  );
  const alone = nodes.filter(({ id }) => !connected.has(id));
  const perRow = Math.max(isTall ? 2 : 4, Math.floor(drawn.width / (nodeSize.width + gap)));
  const top = drawn.height === 0 ? 0 : drawn.height + 2 * gap;
  const rows = alone.map((node, index) => ({
    node,
    x: (index % perRow) * (nodeSize.width + gap) + nodeSize.width / 2,
    y: top + Math.floor(index / perRow) * (nodeSize.height + gap) + nodeSize.height / 2,
  }));
  const all = [...drawn.nodes, ...rows];
  return {
    nodes: all,
    edges: drawn.edges,
    width: Math.max(drawn.width, ...all.map(({ x }) => x + nodeSize.width / 2), 1),
    height: Math.max(drawn.height, ...all.map(({ y }) => y + nodeSize.height / 2), 1),
  };
}

function connect(nodes: readonly GraphNodeMessage[], edges: readonly GraphEdgeMessage[], isTall: boolean): Layout {
  if (nodes.length === 0) return { nodes: [], edges: [], width: 0, height: 0 };
  const graph = new Graph<GraphLabel, NodeLabel, EdgeLabel>();
  graph.setGraph({ rankdir: isTall ? "TB" : "LR", nodesep: gap, ranksep: isTall ? 60 : 90, edgesep: 12 });
  for (const { id } of nodes) graph.setNode(id, { ...nodeSize });
  for (const { from, to } of edges) graph.setEdge(from, to, {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    nodes: nodes.map((node) => ({ node, x: graph.node(node.id).x ?? 0, y: graph.node(node.id).y ?? 0 })),
    edges: edges.map((edge) => ({ edge, points: graph.edge(edge.from, edge.to).points ?? [] })),
    width,
    height,
  };
}
