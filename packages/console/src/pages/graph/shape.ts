import type { GraphEdgeMessage, GraphMessage, GraphNodeMessage } from "@appenv/protocol/tasks";
import { withoutCalled, withoutImplied } from "./plain-edges.ts";

/** The nodes and edges that are drawn. */
export interface Shape {
  readonly nodes: readonly GraphNodeMessage[];
  /** Environments of which at least one task is drawn. */
  readonly environments: readonly GraphNodeMessage[];
  /** Between nodes and environments. */
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
  const kept = only === "calls" ? edges.filter(({ kinds }) => kinds.includes("calls")) : plainEdges(nodes, edges);
  const called = new Set(kept.flatMap(({ from, to }) => [from, to]));
  const ofKind = nodes.filter(({ id, kind }) =>
    only === "apps" ? kind === "app" : kind !== "environment" && (only !== "calls" || called.has(id)),
  );
  const near = text === "" ? undefined : around(ofKind, kept, text);
  const shown = near === undefined ? ofKind : ofKind.filter(({ id }) => near.has(id));
  const used = new Set(shown.map(({ environment }) => environment));
  const environments = nodes.filter(({ id, kind }) => kind === "environment" && used.has(id));
  const ids = new Set([...shown, ...environments].map(({ id }) => id));
  return { nodes: shown, environments, edges: kept.filter(({ from, to }) => ids.has(from) && ids.has(to)) };
}

/** A text that is another one if the shape has to be laid out anew. */
export function shapeKey({ nodes, edges }: Shape): string {
  return JSON.stringify([nodes.map(({ id }) => id), edges.map(({ from, to }) => [from, to])]);
}

function plainEdges(
  nodes: readonly GraphNodeMessage[],
  edges: readonly GraphEdgeMessage[],
): readonly GraphEdgeMessage[] {
  return withoutCalled(nodes, withoutImplied(edges));
}

/** The nodes whose names have the text, and those beside them; what is beside an environment is beside its tasks. */
function around(
  nodes: readonly GraphNodeMessage[],
  edges: readonly GraphEdgeMessage[],
  text: string,
): ReadonlySet<string> {
  const found = nodes.filter(({ name }) => name.toLowerCase().includes(text));
  const middle = new Set(found.flatMap(({ id, environment }) => [id, environment]));
  const beside = new Set(edges.flatMap(({ from, to }) => (middle.has(from) || middle.has(to) ? [from, to] : [])));
  const isBeside = ({ id, environment }: GraphNodeMessage): boolean =>
    beside.has(id) || (environment !== "" && beside.has(environment) && !middle.has(environment));
  return new Set([...found, ...nodes.filter(isBeside)].map(({ id }) => id));
}
