import type { JSX } from "preact";
import { Choices } from "../../parts/choices.tsx";
import { Command, Empty, FailureNotice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { filterText, TextFilter } from "../../parts/text-filter.tsx";
import { readQuery, setQuery } from "../../route/query.ts";
import { Drawing } from "./drawing.tsx";
import { EdgeTable } from "./edge-table.tsx";
import { shapeOf } from "./shape.ts";
import { useGraph } from "./use-graph.ts";

const kinds = [
  ["all", "All"],
  ["apps", "Apps"],
  ["calls", "With calls"],
] as const;

const views = [
  ["graph", "Graph"],
  ["table", "Table"],
] as const;

/** Apps, tasks, triggers and webhooks: who depends on whom, and the calls between them as they happen. */
export function GraphPage(): JSX.Element {
  const { graph, calls, failure } = useGraph();
  const only = readQuery("only") || "all";
  const view = readQuery("view") || "graph";
  const shape = graph.value === undefined ? undefined : shapeOf(graph.value, { text: filterText(), only });
  return (
    <>
      <PageHead title="Graph">
        <Choices
          label="View"
          of={views}
          chosen={view as "graph"}
          onChoose={(value) => setQuery({ view: value === "graph" ? "" : value })}
        />
      </PageHead>
      <TextFilter label="Filter the graph">
        <Choices
          label="Shown"
          of={kinds}
          chosen={only as "all"}
          onChoose={(value) => setQuery({ only: value === "all" ? "" : value })}
        />
      </TextFilter>
      <FailureNotice failure={failure.value} />
      {graph.value !== undefined && graph.value.leftOut > 0 ? (
        <p class="notice">{graph.value.leftOut} tasks are left out: a graph has at most 2000.</p>
      ) : null}
      {shape === undefined ? <p class="quiet">…</p> : null}
      {shape?.nodes.length === 0 ? <Nothing isFiltered={(graph.value?.nodes.length ?? 0) > 0} /> : null}
      {shape === undefined || shape.nodes.length === 0 ? null : view === "table" ? (
        <EdgeTable shape={shape} calls={calls} />
      ) : (
        <Drawing shape={shape} calls={calls} />
      )}
    </>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }): JSX.Element {
  if (isFiltered) return <Empty>Nothing meets these filters.</Empty>;
  return (
    <Empty>
      There are neither apps nor tasks yet. <Command text="appenv serve FILE" />
    </Empty>
  );
}
