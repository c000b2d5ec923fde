import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ActionPhaseNumber, type ActionMessage, type EnrichedAction } from "@appenv/protocol/tasks";
import { runs } from "../api/clients.ts";
import type { Failure } from "../api/failure.ts";
import { msOf } from "../parts/time.tsx";
import type { Name } from "../route/names.ts";
import { follow } from "./follow.ts";

/** An action of a run, as it was heard of last. */
export interface LiveAction {
  readonly name: string;
  readonly message: ActionMessage;
  /** Children by phase. */
  readonly counts: Readonly<Record<number, number>>;
  /** The moment at which it began to wait for its turn, if that was seen, in milliseconds since 1970. */
  readonly queuedAt: number | undefined;
}

/** The actions of a run. */
export interface RunActions {
  /** Undefined until the first message. */
  readonly all: ReadonlyMap<string, LiveAction> | undefined;
  readonly failure: Failure | undefined;
}

/** Follows the actions of a run while a component is shown. Messages that come in one frame are one change. */
export function useActions(run: Name): RunActions {
  const state = useSignal<RunActions>({ all: undefined, failure: undefined });
  useEffect(() => {
    let waiting: EnrichedAction[] = [];
    let frame = 0;
    const apply = (): void => {
      frame = 0;
      state.value = { all: merged(state.value.all, waiting), failure: undefined };
      waiting = [];
    };
    const stop = follow({
      open: (signal) => runs.watchActions({ runId: run }, { signal }),
      onMessage: ({ enrichedActions }) => {
        waiting.push(...enrichedActions);
        frame ||= requestAnimationFrame(apply);
      },
      onFailure: (failure) => (state.value = { ...state.value, failure }),
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, []);
  return state.value;
}

function merged(
  before: ReadonlyMap<string, LiveAction> | undefined,
  changes: readonly EnrichedAction[],
): ReadonlyMap<string, LiveAction> {
  const all = new Map(before);
  for (const { action: message, childrenPhaseCounts: counts } of changes) {
    const name = message?.id?.name;
    if (name !== undefined && message !== undefined) {
      all.set(name, { name, message, counts, queuedAt: queuedAt(message, all.get(name)) });
    }
  }
  return all;
}

/** While it waits, the start that a message tells is the moment at which it was asked for. */
function queuedAt({ status }: ActionMessage, before: LiveAction | undefined): number | undefined {
  return status?.phase === ActionPhaseNumber.QUEUED ? msOf(status.startTime) : before?.queuedAt;
}
