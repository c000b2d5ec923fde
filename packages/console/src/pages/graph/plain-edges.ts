import type { GraphEdgeMessage, GraphNodeMessage } from "@appenv/protocol/tasks";

/** Dependencies are told also by way of others: a line beside a way of several lines says nothing more. */
export function withoutImplied(edges: readonly GraphEdgeMessage[]): readonly GraphEdgeMessage[] {
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
    isDeclared(kinds) &&
    (next.get(from) ?? []).some((each) => each !== to && each !== from && leads(each, to, new Set([from, each])));
  return edges.filter((edge) => !isImplied(edge));
}

/** A dependency of an environment, or on one, says nothing more once there are calls between its tasks and the other. */
export function withoutCalled(
  nodes: readonly GraphNodeMessage[],
  edges: readonly GraphEdgeMessage[],
): readonly GraphEdgeMessage[] {
  const environments = new Map(nodes.map(({ id, environment }) => [id, environment || id]));
  const pair = (from: string, to: string): string => `${environments.get(from)} ${environments.get(to)}`;
  const called = new Set(edges.filter(({ kinds }) => kinds.includes("calls")).map(({ from, to }) => pair(from, to)));
  return edges.filter(({ from, to, kinds }) => !isDeclared(kinds) || !called.has(pair(from, to)));
}

function isDeclared(kinds: readonly string[]): boolean {
  return kinds.every((kind) => kind === "depends-on");
}
