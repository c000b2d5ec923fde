import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { runs as client } from "../../api/clients.ts";
import { runFeed } from "../../live/run-changes.ts";
import { useFollow } from "../../live/use-follow.ts";
import { ChangeButton } from "../../parts/change-button.tsx";
import { confirm } from "../../parts/dialog.tsx";
import { Command, Empty, FailureNotice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { RunRow, runColumns } from "../../parts/run-row.tsx";
import { attempt } from "../../parts/toast.tsx";
import { WindowList } from "../../parts/window-list.tsx";
import { runKey } from "../../route/names.ts";
import { isTerminal } from "../run/phases.ts";
import { FilterBar } from "./filter-bar.tsx";
import { readFilters } from "./filters.ts";
import { useRunPages } from "./run-pages.ts";

const rowHeight = 40;

/** All runs. */
export function RunsPage(): JSX.Element {
  useFollow(runFeed, "runs");
  const filters = readFilters();
  const { runs, failure, more } = useRunPages(filters);
  const chosen = useSignal<ReadonlySet<string>>(new Set());
  const picked = (runs ?? []).filter(
    (run) => chosen.value.has(runKey(run.action?.id?.run)) && !isTerminal(run.action?.status?.phase),
  );
  const toggle = (key: string): void => {
    const next = new Set(chosen.value);
    if (!next.delete(key)) next.add(key);
    chosen.value = next;
  };
  const abort = async (): Promise<void> => {
    const ids = picked.flatMap((run) => run.action?.id?.run ?? []);
    if (!(await confirm(`Abort ${runsOf(ids.length)}?`, "All that is being done is ended.", "Abort"))) return;
    const all = Promise.all(ids.map((runId) => client.abortRun({ runId, reason: "Aborted in the console" })));
    if (await attempt(() => all, `Aborted ${runsOf(ids.length)}.`)) chosen.value = new Set();
  };
  const isFiltered = Object.values(filters).some((value) => value !== "");
  return (
    <>
      <PageHead title="Runs">
        {picked.length === 0 ? null : (
          <ChangeButton class="danger" onClick={() => void abort()}>
            Abort {picked.length}
          </ChangeButton>
        )}
      </PageHead>
      <FilterBar filters={filters} />
      <FailureNotice failure={failure} />
      {runs?.length === 0 ? (
        <Empty>
          {isFiltered ? (
            "No run meets these filters."
          ) : (
            <>
              There are no runs yet. <Command text="appenv run FILE TASK" />
            </>
          )}
        </Empty>
      ) : null}
      <div class="table" role="table" aria-label="Runs" aria-rowcount={-1}>
        <div class="table-head runs" role="row">
          <span class="cell check" role="columnheader">
            <span class="hidden">Choose</span>
          </span>
          {runColumns.map((name) => (
            <span key={name} class="cell" role="columnheader">
              {name}
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
          keyOf={(run) => runKey(run.action?.id?.run)}
          onEnd={more}
          render={(run) => {
            const key = runKey(run.action?.id?.run);
            return (
              <div class="table-row runs" role="row">
                <span class="cell check" role="cell">
                  <input
                    type="checkbox"
                    aria-label={`Choose ${run.action?.id?.run?.name ?? ""}`}
                    checked={chosen.value.has(key)}
                    disabled={isTerminal(run.action?.status?.phase)}
                    onChange={() => toggle(key)}
                  />
                </span>
                <RunRow run={run} />
              </div>
            );
          }}
        />
      </div>
    </>
  );
}

function runsOf(count: number): string {
  return count === 1 ? "one run" : `${count} runs`;
}
