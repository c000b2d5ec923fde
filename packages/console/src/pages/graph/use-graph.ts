import { useSignal, type ReadonlySignal } from "@preact/signals";
import { createClient } from "@connectrpc/connect";
import {
  GraphService,
  type GraphEdgeMessage,
  type GraphMessage,
  type WatchGraphResponse,
} from "@appenv/protocol/tasks";
import { transport } from "../../api/clients.ts";
import type { Failure } from "../../api/failure.ts";
import { useFollow } from "../../live/use-follow.ts";

/** The calls along an edge. */
export type Calls = NonNullable<GraphEdgeMessage["calls"]>;

/** The graph as it is followed. */
export interface FollowedGraph {
  /** Undefined until it is known. */
  readonly graph: ReadonlySignal<GraphMessage | undefined>;
  /** The calls along edges, by their keys: they change each second, and the graph does not. */
  readonly calls: ReadonlySignal<ReadonlyMap<string, Calls>>;
  readonly failure: ReadonlySignal<Failure | undefined>;
}

const client = createClient(GraphService, transport);

/** The key of an edge. */
export function edgeKey({ from, to }: Pick<GraphEdgeMessage, "from" | "to">): string {
  return `${from} ${to}`;
}

/** Follows the graph while a component is shown. */
export function useGraph(): FollowedGraph {
  const graph = useSignal<GraphMessage | undefined>(undefined);
  const calls = useSignal<ReadonlyMap<string, Calls>>(new Map());
  const failure = useSignal<Failure | undefined>(undefined);
  useFollow<WatchGraphResponse>(
    {
      open: (signal) => client.watchGraph({}, { signal }),
      onMessage: (message) => {
        if (message.graph !== undefined) graph.value = message.graph;
        const edges = message.graph?.edges ?? message.edges;
        calls.value = withCalls(message.graph === undefined ? calls.value : new Map(), edges);
        failure.value = undefined;
      },
      onFailure: (told) => (failure.value = told),
    },
    "graph",
  );
  return { graph, calls, failure };
}

function withCalls(before: ReadonlyMap<string, Calls>, edges: readonly GraphEdgeMessage[]): ReadonlyMap<string, Calls> {
  const after = new Map(before);
  for (const edge of edges) if (edge.calls !== undefined) after.set(edgeKey(edge), edge.calls);
  return after;
}
