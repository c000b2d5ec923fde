import type { ServiceImpl } from "@connectrpc/connect";
import type { GraphService } from "@appenv/protocol/tasks";
import { graphMessage } from "./messages.ts";
import { readGraph, type GraphContext } from "./read-graph.ts";
import { watchGraph } from "./watch.ts";

/** AppEnv's own GraphService: see `graph.proto`. */
export function graphService(context: GraphContext): ServiceImpl<typeof GraphService> {
  return {
    getGraph: (place) => ({ graph: graphMessage(readGraph(context, place)) }),
    watchGraph: (place, { signal }) => watchGraph(context, place, signal),
  };
}
