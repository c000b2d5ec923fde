import type { GraphEdgeMessage, GraphMessage, GraphNodeMessage } from "@appenv/protocol/tasks";

/** The nodes and edges that are drawn. */
export interface Shape {
  readonly nodes: readonly GraphNodeMessage[];
  readonly edges: readonly GraphEdgeMessage[];
}

/** Filters of the graph, as they stand in the URL. */
export interface GraphFilters {
  /** A part of names, in small letters; those around a node that has it are shown too. */
  readonly text: string;
  /** `all`, `apps`: apps alone, or `calls`: those with calls since the platform has started. */
  readonly only: string;
}

/** The part of a graph that is drawn. */
export function shapeOf({ nodes, edges }: GraphMessage, { text, only }: GraphFilters): Shape {
  const kept = withoutImplied(only === "calls" ? edges.filter(({ kinds }) => kinds.includes("calls")) : edges);
  const called = new Set(kept.flatMap(({ from, to }) => [from, to]));
  const ofKind = nodes.filter(({ id, kind }) =>
    only === "apps" ? kind === "app" : only !== "calls" || called.has(id),
  );
  const near = text === "" ? undefined : around(ofKind, kept, text);
  const shown = near === undefined ? ofKind : ofKind.filter(({ id }) => near.has(id));
  const ids = new Set(shown.map(({ id }) => id));
  return { nodes: shown, edges: kept.filter(({ from, to }) => ids.has(from) && ids.has(to)) };
}

/** A text that is another one if the shape has to be laid out anew. */
export function shapeKey({ nodes, edges }: Shape): string {
  return JSON.stringify([nodes.map(({ id }) => id), edges.map(({ from, to }) => [from, to])]);
}

function around(
  nodes: readonly GraphNodeMessage[],
  edges: readonly GraphEdgeMessage[],
  text: string,
): ReadonlySet<string> {
  const found = new Set(nodes.filter(({ name }) => name.toLowerCase().includes(text)).map(({ id }) => id));
  const beside = edges.flatMap(({ from, to }) => (found.has(from) || found.has(to) ? [from, to] : []));
  return new Set([...found, ...beside]);
}

/** Dependencies are told also by way of others: a line beside a way of several lines says nothing more. */
function withoutImplied(edges: readonly GraphEdgeMessage[]): readonly GraphEdgeMessage[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const leads = (from: string, to: string, seen: Set<string>): boolean =>
    (next.get(from) ?? []).some((each) => {
      if (each === to) return true;
      if (seen.has(each)) return false;
      seen.add(each);
      return leads(each, to, seen);
    });
  const isImplied = ({ from, to, kinds }: GraphEdgeMessage): boolean =>
    kinds.every((kind) => kind === "depends-on") &&
    (next.get(from) ?? []).some((each) => each !== to && each !== from && leads(each, to, new Set([from, each])));
  return edges.filter((edge) => !isImplied(edge));
}
