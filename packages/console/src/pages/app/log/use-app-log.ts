import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { TailLogsResponse } from "@appenv/protocol";
import { appLogs } from "../../../api/clients.ts";
import { follow } from "../../../live/follow.ts";
import { WaitingLines, withLines } from "../../../parts/logs/log-lines.ts";
import type { OlderLines } from "../../../parts/logs/log-view.tsx";
import type { Name } from "../../../route/names.ts";
import { noLog as none, type AppLogState } from "./app-log-state.ts";
import { readBatches } from "./log-messages.ts";
import { loadOlder } from "./older-lines.ts";

/** Lines that the tail begins with; if it has fewer, there are no older ones. */
const tailLines = 1_000;

/** The log of all replicas of an app while it is shown: live, with older lines in pages, and never more than fits. */
export function useAppLog(
  app: Name,
): Pick<AppLogState, "lines" | "ended" | "failure"> & { readonly older: OlderLines } {
  const state = useSignal(none);
  const again = useSignal(0);
  const loading = useSignal(false);
  const set = (part: Partial<AppLogState>): void => void (state.value = { ...state.value, ...part });
  useEffect(() => followLog(app, () => state.value, set), [again.value]);
  const load = async (text: string): Promise<void> => {
    if (loading.value) return;
    loading.value = true;
    set(await loadOlder(app, () => state.value, text));
    loading.value = false;
  };
  const { lines, ended, failure, isMore, found, detached } = state.value;
  const isThere = (text: string): boolean => isMore && (text === "" || found.text !== text || found.isMore);
  return {
    lines,
    ended,
    failure,
    older: {
      state: (text) => (loading.value ? "loading" : isThere(text) ? "more" : "none"),
      load: (text) => void load(text),
      found: found.lines,
      toNewest: detached ? () => void (again.value += 1) : undefined,
    },
  };
}

function followLog(app: Name, now: () => AppLogState, set: (part: Partial<AppLogState>) => void): () => void {
  const waiting = new WaitingLines();
  let isNew = true;
  let hasBegun = false;
  let frame = 0;
  const show = (): void => {
    frame = 0;
    const before = isNew ? none : now();
    const added = waiting.take();
    const lines = withLines(before.lines, added);
    const isCut = lines.length < before.lines.length + added.length;
    const isMore = isCut || (hasBegun && lines.length >= tailLines);
    hasBegun = false;
    // Without the newest lines, none can be added after them.
    if (before.detached) return;
    set(isNew ? { ...none, lines, isMore } : { lines, ...(isMore ? { isMore } : {}) });
    isNew = false;
  };
  const stop = follow<TailLogsResponse>({
    open: (signal) => appLogs.tailLogs({ target: { case: "appId", value: app } }, { signal }),
    // It begins with the lines that are there: they take the place of the old ones as soon as they come.
    onOpen: () => {
      waiting.take();
      isNew = true;
    },
    onMessage: (message) => {
      if (message.resp.case !== "batches") return;
      waiting.add(readBatches(message.resp.value));
      hasBegun ||= message.resp.value.logs.length === 0;
      frame ||= requestAnimationFrame(show);
    },
    onEnd: () => set({ ended: true }),
    onFailure: (failure) => set({ ended: true, failure }),
  });
  return () => {
    stop();
    cancelAnimationFrame(frame);
  };
}
