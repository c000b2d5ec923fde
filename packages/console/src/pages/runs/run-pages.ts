import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { RunMessage } from "@appenv/protocol/tasks";
import { runs } from "../../api/clients.ts";
import { returns } from "../../api/connection.ts";
import { isDisconnect, readFailure, type Failure } from "../../api/failure.ts";
import { heardRuns, runChanges } from "../../live/run-changes.ts";
import { runKey } from "../../route/names.ts";
import { runRequest, type RunFilters } from "./filters.ts";

const pageSize = 100;

/** Runs that meet the filters, as far as they were asked for. */
export interface RunPages {
  /** Undefined until the first page is there. */
  readonly runs: readonly RunMessage[] | undefined;
  readonly failure: Failure | undefined;
  /** Asks for the next page, if there is one. */
  readonly more: () => void;
}

/** Pages of runs, the newest first. What changes is read again, and what one has scrolled to stays. */
export function useRunPages(filters: RunFilters): RunPages {
  const key = JSON.stringify(filters);
  const state = useSignal<{ runs?: readonly RunMessage[]; token: string; failure?: Failure; key: string }>({
    token: "",
    key: "",
  });
  const busy = useRef(false);
  const read = async (token: string): Promise<void> => {
    busy.current = true;
    try {
      const page = await readPage(filters, token);
      const before = state.value.key === key ? (state.value.runs ?? []) : [];
      const first = token === "";
      const merged = first ? withNewest(page.runs, before, page.token) : [...before, ...page.runs];
      state.value = { runs: merged, token: first && before.length > pageSize ? state.value.token : page.token, key };
    } catch (error) {
      if (!isDisconnect(error)) state.value = { ...state.value, failure: readFailure(error), key };
    } finally {
      busy.current = false;
    }
  };
  useEffect(() => void read(""), [key, runChanges.value, returns.value]);
  const shown = state.value.runs?.map((run) => heardRuns.value.get(runKey(run.action?.id?.run)) ?? run);
  return {
    runs: shown,
    failure: state.value.failure,
    more: () => {
      if (!busy.current && state.value.token !== "" && state.value.key === key) void read(state.value.token);
    },
  };
}

/** The next page with something in it: a filter that few runs meet makes empty ones. */
async function readPage(filters: RunFilters, from: string): Promise<{ runs: RunMessage[]; token: string }> {
  for (let token = from; ;) {
    const page = await runs.listRuns(runRequest(filters, { limit: pageSize, token }));
    if (page.runs.length > 0 || page.token === "") return page;
    token = page.token;
  }
}

/** The first page anew, with what was read after it before. */
function withNewest(page: readonly RunMessage[], before: readonly RunMessage[], next: string): readonly RunMessage[] {
  const last = page.at(-1)?.action?.id?.run;
  if (next === "" || last === undefined) return page;
  const index = before.findIndex((run) => runKey(run.action?.id?.run) === runKey(last));
  return index === -1 ? page : [...page, ...before.slice(index + 1)];
}
