import type { MessageInitShape } from "@bufbuild/protobuf";
import type { WatchGraphResponseSchema } from "@appenv/protocol/tasks";
import type { GraphEdge } from "../../graph/graph.ts";
import type { Place } from "../../graph/node-id.ts";
import { throwIfClosing } from "../rpc/errors.ts";
import { edgeMessage, graphMessage } from "./messages.ts";
import { readGraph, type GraphContext, type ReadGraph } from "./read-graph.ts";

type WatchInit = MessageInitShape<typeof WatchGraphResponseSchema>;

/** Time between two looks at the graph while somebody watches, in milliseconds. */
const everyMs = 1_000;

/** The graph, and its changes, until `signal` is aborted. A look is cheap, and nobody looks while nobody watches. */
export async function* watchGraph(context: GraphContext, place: Place, signal: AbortSignal): AsyncGenerator<WatchInit> {
  let told: ReadGraph | undefined;
  for (;;) {
    if (signal.aborted) return throwIfClosing(signal);
    const graph = readGraph(context, place);
    const change = changeOf(told, graph);
    told = graph;
    if (change !== undefined) yield change;
    await next(context, signal);
  }
}

/** Resolves after a while, or with the next change of an app. */
async function next({ controller }: GraphContext, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, everyMs);
    const unsubscribe = controller.subscribe(({ type }) => void (type === "updated" || done()));
    signal.addEventListener("abort", done);
  });
}

/** Undefined: nothing has changed. */
function changeOf(told: ReadGraph | undefined, graph: ReadGraph): WatchInit | undefined {
  if (told === undefined || shapeOf(told) !== shapeOf(graph)) return { graph: graphMessage(graph) };
  const before = new Map(told.edges.map((edge) => [`${edge.from} ${edge.to}`, edge]));
  const changed = graph.edges.filter((edge) => !isSame(before.get(`${edge.from} ${edge.to}`), edge));
  return changed.length === 0 ? undefined : { edges: changed.map(edgeMessage) };
}

/** All but the numbers of calls. */
function shapeOf({ nodes, edges, leftOut }: ReadGraph): string {
  return JSON.stringify([nodes, edges.map(({ from, to, kinds }) => [from, to, kinds]), leftOut]);
}

function isSame(before: GraphEdge | undefined, { calls: now }: GraphEdge): boolean {
  const then = before?.calls;
  return then?.calls === now.calls && then.failures === now.failures && then.callsPerSecond === now.callsPerSecond;
}
