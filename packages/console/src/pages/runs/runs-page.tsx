import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { runFeed } from "../../live/run-changes.ts";
import { useFollow } from "../../live/use-follow.ts";
import { Command, Empty, FailureNotice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { RunChart } from "../../parts/run-chart.tsx";
import { WindowList } from "../../parts/window-list.tsx";
import { setQuery } from "../../route/query.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { runCells } from "./cells.tsx";
import { useChosen, type Chosen } from "./choosing.ts";
import { ColumnPicker, columns, gridOf } from "./columns.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { readFilters, selectionOf, type FoundRun } from "./filters.ts";
import { keyOf, useRunPages } from "./run-pages.ts";
import { Views } from "./views.tsx";

const rowHeight = 40;

/** All runs. */
export function RunsPage(): JSX.Element {
  useFollow(runFeed, "runs");
  const list = useRef<HTMLDivElement>(null);
  const filters = readFilters();
  const { runs, failure, isSearching, above, more, refresh } = useRunPages(
    filters,
    () => (list.current?.scrollTop ?? 0) > 0,
  );
  const chosen = useChosen((runs ?? []).map(keyOf));
  const picked = (runs ?? []).filter((found) => chosen.keys.has(keyOf(found)));
  const isFiltered = Object.values(filters).some((value) => value !== "");
  const shown = columns.value;
  return (
    <>
      <PageHead title="Runs">
        <Views filters={filters} />
        <ColumnPicker />
      </PageHead>
      <RunChart onChoose={(from, to) => setQuery({ from, to })} />
      <FilterBar filters={filters} />
      <BulkBar
        picked={picked.length === 0 ? undefined : { runs: picked.map(nameOf) }}
        all={selectionOf(filters)}
        isFiltered={isFiltered && runs !== undefined && runs.length > 0}
        onChanged={() => {
          chosen.clear();
          refresh();
        }}
      />
      <FailureNotice failure={failure} />
      {runs?.length === 0 ? <NoRuns isFiltered={isFiltered} /> : null}
      {above === 0 ? null : (
        <button
          type="button"
          class="above-button"
          onClick={() => {
            if (list.current !== null) list.current.scrollTop = 0;
            refresh();
          }}
        >
          {above >= 100 ? "100 or more new runs" : `${above} new`}
        </button>
      )}
      <div
        class={runs?.length === 0 ? "table runs-table no-rows" : "table runs-table"}
        role="table"
        aria-label="Runs"
        aria-rowcount={-1}
        style={{ "--columns": gridOf(shown) }}
      >
        <div class="table-head runs" role="row">
          <span class="cell check" role="columnheader">
            <input
              type="checkbox"
              aria-label="Choose all that are loaded"
              checked={picked.length > 0 && picked.length === runs?.length}
              onChange={chosen.toggleAll}
            />
          </span>
          {shown.map((name) => (
            <span key={name} class="cell" role="columnheader">
              {runCells[name].words}
            </span>
          ))}
        </div>
        <WindowList
          class="table-body"
          role="rowgroup"
          tabIndex={0}
          aria-label="Runs"
          aria-busy={runs === undefined}
          items={runs ?? []}
          rowHeight={rowHeight}
          list={list}
          keyOf={keyOf}
          onEnd={more}
          render={(found, index) => <Row found={found} index={index} chosen={chosen} />}
        />
      </div>
      {/* Always there, so that screen readers hear what comes into it. */}
      <p class="quiet searching" role="status">
        {isSearching && isFiltered ? "Searching older runs …" : ""}
      </p>
    </>
  );
}

function Row({
  found,
  index,
  chosen,
}: {
  readonly found: FoundRun;
  readonly index: number;
  readonly chosen: Chosen;
}): JSX.Element {
  return (
    <div class="table-row runs" role="row">
      <span class="cell check" role="cell">
        <input
          type="checkbox"
          aria-label={`Choose ${found.run.action?.id?.run?.name ?? ""}`}
          checked={chosen.keys.has(keyOf(found))}
          onClick={(event) => chosen.toggle(index, event.shiftKey)}
        />
      </span>
      {columns.value.map((name) => (
        <span key={name} role="cell" class={`cell ${runCells[name].class}`}>
          {runCells[name].show(found)}
        </span>
      ))}
    </div>
  );
}

function NoRuns({ isFiltered }: { readonly isFiltered: boolean }): JSX.Element {
  return (
    <Empty>
      {isFiltered ? (
        "No run meets these filters."
      ) : (
        <>
          There are no runs yet. <Command text="appenv run FILE TASK" />
        </>
      )}
    </Empty>
  );
}

function nameOf({ run }: FoundRun): { project: string; domain: string; run: string } {
  const { project = "", domain = "", name = "" } = run.action?.id?.run ?? {};
  return { project, domain, run: name };
}
