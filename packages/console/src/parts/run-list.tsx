import type { JSX } from "preact";
import type { RunMessage } from "@appenv/protocol/tasks";
import { heardRuns } from "../live/run-changes.ts";
import { runKey } from "../route/names.ts";
import { RunRow, runColumns } from "./run-row.tsx";

/** A short list of runs. */
export function RunList({
  runs,
  empty,
}: {
  /** Undefined: not known yet. */
  readonly runs: readonly RunMessage[] | undefined;
  readonly empty: string;
}): JSX.Element {
  if (runs?.length === 0) return <p class="empty">{empty}</p>;
  return (
    <div class="table" role="table" aria-label="Runs" aria-busy={runs === undefined}>
      <div class="table-head runs short" role="row">
        {runColumns.map((name) => (
          <span key={name} class="cell" role="columnheader">
            {name}
          </span>
        ))}
      </div>
      {runs?.map((run) => {
        const key = runKey(run.action?.id?.run);
        return (
          <div key={key} class="table-row runs short" role="row">
            <RunRow run={heardRuns.value.get(key) ?? run} />
          </div>
        );
      })}
    </div>
  );
}
