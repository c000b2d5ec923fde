import type { GraphEdgeMessage, GraphNodeMessage } from "@appenv/protocol/tasks";
import type { Ends } from "./arrange.ts";
import type { Shape } from "./shape.ts";

/** An environment with several tasks: they stand in a box, with the triggers that fire them. */
export interface Box {
  readonly node: GraphNodeMessage;
  readonly members: readonly GraphNodeMessage[];
  /** Between its members. */
  readonly edges: readonly GraphEdgeMessage[];
  /** The members that lines from the outside lead to, and those that lines to the outside come from. */
  readonly arriving: readonly string[];
  readonly leaving: readonly string[];
}

/** The parts that a drawing is laid out of. */
export interface Units {
  readonly boxes: readonly Box[];
  readonly single: readonly GraphNodeMessage[];
  /** Between boxes and single nodes: one for all edges between the same two. */
  readonly ends: readonly Ends[];
  /** The id of the box or the single node that a node or an environment belongs to. */
  readonly unitOf: (id: string) => string;
}

/** Takes a shape apart. An environment with one task is that task. */
export function unitsOf({ nodes, environments, edges }: Shape): Units {
  const membership = membershipOf(nodes, edges);
  const groups = Map.groupBy(nodes, ({ id }) => membership.get(id) ?? "");
  const ofBox = (id: string): readonly GraphNodeMessage[] => groups.get(id) ?? [];
  const boxed = environments.filter(({ id }) => ofBox(id).filter(({ kind }) => kind === "task").length > 1);
  const boxIds = new Set(boxed.map(({ id }) => id));
  const only = new Map(nodes.filter(({ kind }) => kind === "task").map(({ id, environment }) => [environment, id]));
  const unitOf = (id: string): string => {
    const box = membership.get(id) ?? id;
    return boxIds.has(box) ? box : (only.get(id) ?? id);
  };
  const crossing = edges.filter(({ from, to }) => unitOf(from) !== unitOf(to));
  const arriving = new Set(crossing.map(({ to }) => to));
  const leaving = new Set(crossing.map(({ from }) => from));
  const memberIds = (box: string, of: ReadonlySet<string>): readonly string[] =>
    ofBox(box).flatMap(({ id }) => (of.has(id) ? [id] : []));
  const inside = Map.groupBy(edges, ({ from, to }) => (unitOf(from) === unitOf(to) ? unitOf(from) : ""));
  return {
    boxes: boxed.map((node) => ({
      node,
      members: ofBox(node.id),
      edges: inside.get(node.id) ?? [],
      arriving: memberIds(node.id, arriving),
      leaving: memberIds(node.id, leaving),
    })),
    single: nodes.filter(({ id }) => unitOf(id) === id),
    ends: endsOf(edges, unitOf, boxIds),
    unitOf,
  };
}

/** The environments of tasks, and of the triggers that fire them. */
function membershipOf(
  nodes: readonly GraphNodeMessage[],
  edges: readonly GraphEdgeMessage[],
): ReadonlyMap<string, string> {
  const of = new Map(nodes.flatMap(({ id, environment }) => (environment === "" ? [] : [[id, environment] as const])));
  const fired = edges.flatMap(({ from, to, kinds }) => {
    const environment = kinds.includes("fires") ? of.get(to) : undefined;
    return environment === undefined ? [] : [[from, environment] as const];
  });
  return new Map([...of, ...fired]);
}

function endsOf(
  edges: readonly GraphEdgeMessage[],
  unitOf: (id: string) => string,
  boxes: ReadonlySet<string>,
): readonly Ends[] {
  const lifted = edges.map(({ from, to }) => ({ from: unitOf(from), to: unitOf(to) }));
  const between = lifted.filter(({ from, to }) => from !== to || !boxes.has(from));
  return [...new Map(between.map((ends) => [`${ends.from} ${ends.to}`, ends])).values()];
}
