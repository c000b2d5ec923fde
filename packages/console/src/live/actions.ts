import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { EnrichedAction } from "@appenv/protocol/tasks";
import { runs } from "../api/clients.ts";
import type { Failure } from "../api/failure.ts";
import type { Name } from "../route/names.ts";
import { ActionTree } from "./action-tree.ts";
import { follow } from "./follow.ts";

/** The actions of a run. */
export interface RunActions {
  readonly tree: ActionTree;
  /** Grows with each change of the tree; 0 until the first message. */
  readonly version: number;
  readonly failure: Failure | undefined;
}

/** Runs with more actions than this are drawn less often. */
const manyActions = 1_000;
/** Time between two changes of such a run, in milliseconds. */
const pauseMs = 300;

/** Follows the actions of a run while a component is shown. Messages that come in one frame are one change. */
export function useActions(run: Name): RunActions {
  const state = useSignal<RunActions>({ tree: new ActionTree(), version: 0, failure: undefined });
  useEffect(() => {
    const { tree } = state.value;
    let waiting: EnrichedAction[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const apply = (): void => {
      timer = undefined;
      tree.apply(waiting);
      waiting = [];
      state.value = { tree, version: state.value.version + 1, failure: undefined };
    };
    const stop = follow({
      open: (signal) => runs.watchActions({ runId: run }, { signal }),
      onMessage: ({ enrichedActions }) => {
        waiting = waiting.concat(enrichedActions);
        timer ??= setTimeout(apply, tree.size > manyActions ? pauseMs : 16);
      },
      onFailure: (failure) => (state.value = { ...state.value, failure }),
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
  return state.value;
}
