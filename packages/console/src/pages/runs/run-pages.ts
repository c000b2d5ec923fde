import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { returns } from "../../api/connection.ts";
import { isDisconnect, readFailure, type Failure } from "../../api/failure.ts";
import { heardRuns, runChanges } from "../../live/run-changes.ts";
import { runKey } from "../../route/names.ts";
import { findRuns, type FoundRun, type RunFilters } from "./filters.ts";

const pageSize = 100;

/** Runs that meet the filters, as far as they were asked for. */
export interface RunPages {
  /** Undefined until the first page is there. */
  readonly runs: readonly FoundRun[] | undefined;
  readonly failure: Failure | undefined;
  /** True while it is looked for more that meet the filters among older runs; the platform reads 20,000 at a time. */
  readonly isSearching: boolean;
  /** The number of runs above those that are shown, which appear when one goes there; `pageSize` stands for more. */
  readonly above: number;
  /** Asks for the next page, if there is one. */
  readonly more: () => void;
  /** Reads the first page anew, and shows what is above. */
  readonly refresh: () => void;
}

interface State {
  readonly runs?: readonly FoundRun[];
  readonly above?: number;
  readonly token: string;
  readonly failure?: Failure;
  readonly key: string;
}

/**
 * Pages of runs, the newest first. What changes is read again, and what one has scrolled to stays.
 *
 * @param stays - Tells whether new runs would shift what somebody reads: then they are only counted.
 */
export function useRunPages(filters: RunFilters, stays: () => boolean): RunPages {
  const key = JSON.stringify(filters);
  const state = useSignal<State>({ token: "", key: "" });
  const busy = useRef(false);
  const searching = useSignal(false);
  const read = async (token: string, isAsked = false): Promise<void> => {
    busy.current = true;
    searching.value = token !== "" || state.value.key !== key;
    try {
      const page = await findRuns(filters, { limit: pageSize, token });
      const before = state.value.key === key ? (state.value.runs ?? []) : [];
      if (token !== "") state.value = { ...state.value, runs: [...before, ...page.runs], token: page.token, key };
      else if (isAsked || before.length === 0 || !stays()) state.value = withNewest(page, before, state.value, key);
      else state.value = { ...state.value, above: countAbove(page.runs, before) };
    } catch (error) {
      if (!isDisconnect(error)) state.value = { ...state.value, failure: readFailure(error), key };
    } finally {
      busy.current = false;
      searching.value = false;
    }
  };
  useEffect(() => void read(""), [key, runChanges.value, returns.value]);
  const shown = state.value.runs?.map((found) => {
    const heard = heardRuns.value.get(keyOf(found));
    return heard === undefined ? found : { ...found, run: heard };
  });
  return {
    runs: shown,
    failure: state.value.failure,
    isSearching: searching.value,
    above: state.value.key === key ? (state.value.above ?? 0) : 0,
    more: () => {
      if (!busy.current && state.value.token !== "" && state.value.key === key) void read(state.value.token);
    },
    refresh: () => void read("", true),
  };
}

/** The key of a run in the list. */
export function keyOf({ run }: FoundRun): string {
  return runKey(run.action?.id?.run);
}

type Page = Awaited<ReturnType<typeof findRuns>>;

/** The first page anew, with what was read after it before. */
function withNewest({ runs, token }: Page, before: readonly FoundRun[], state: State, key: string): State {
  const last = runs.at(-1);
  const index = token === "" || last === undefined ? -1 : before.findIndex((run) => keyOf(run) === keyOf(last));
  if (index === -1) return { runs, token, key };
  const rest = before.slice(index + 1);
  return { runs: [...runs, ...rest], token: rest.length > 0 ? state.token : token, key };
}

function countAbove(newest: readonly FoundRun[], shown: readonly FoundRun[]): number {
  const known = new Set(shown.map(keyOf));
  return newest.filter((run) => !known.has(keyOf(run))).length;
}
