import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import type { GraphNodeMessage } from "@appenv/protocol/tasks";
import { ListTable } from "../../parts/list-table.tsx";
import { Text } from "../../parts/text.tsx";
import type { Shape } from "./shape.ts";
import { edgeKey, type Calls } from "./use-graph.ts";
import { nodePath, reasonWords } from "./words.ts";

const columns = ["From", "To", "Why", "Calls per second", "Failed per second", "Calls", "Failed"];

/** The graph as a table: a row for each edge, and one for each node without edges. */
export function EdgeTable({
  shape: { nodes, environments, edges },
  calls,
}: {
  readonly shape: Shape;
  readonly calls: ReadonlySignal<ReadonlyMap<string, Calls>>;
}): JSX.Element {
  const byId = new Map([...nodes, ...environments].map((node) => [node.id, node]));
  // A call that was declared tells of a dependency between the environments of the two.
  const connected = new Set(
    edges.flatMap(({ from, to, kinds }) =>
      [from, to].flatMap((id) => [id, (kinds.includes("depends-on") && byId.get(id)?.environment) || id]),
    ),
  );
  return (
    <ListTable label="Edges" columns={columns}>
      {edges.map((edge) => {
        const counted = calls.value.get(edgeKey(edge));
        const failing = (counted?.failuresPerSecond ?? 0) > 0;
        return (
          <tr key={edgeKey(edge)}>
            <td>
              <NodeLink of={byId.get(edge.from)} />
            </td>
            <td>
              <NodeLink of={byId.get(edge.to)} />
            </td>
            <td class="quiet">{reasonWords(edge.kinds)}</td>
            <td class="number">{(counted?.callsPerSecond ?? 0).toFixed(1)}</td>
            <td class={failing ? "number bad" : "number"}>{(counted?.failuresPerSecond ?? 0).toFixed(1)}</td>
            <td class="number">{String(counted?.calls ?? 0)}</td>
            <td class="number">{String(counted?.failures ?? 0)}</td>
          </tr>
        );
      })}
      {nodes
        .filter(({ id, environment }) => !connected.has(id) && !connected.has(environment))
        .map((node) => (
          <tr key={node.id}>
            <td>
              <NodeLink of={node} />
            </td>
            <td class="quiet" colSpan={6}>
              depends on nothing here, and nothing depends on it
            </td>
          </tr>
        ))}
    </ListTable>
  );
}

function NodeLink({ of }: { readonly of: GraphNodeMessage | undefined }): JSX.Element | null {
  if (of === undefined) return null;
  return (
    <>
      <span class="quiet">{of.kind}</span>{" "}
      <a class="underlined" href={nodePath(of)}>
        <Text of={of.name} />
      </a>
    </>
  );
}
