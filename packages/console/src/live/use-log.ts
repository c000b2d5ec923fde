import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Failure } from "../api/failure.ts";
import { WaitingLines, withLines, type LogEntry } from "../parts/logs/log-lines.ts";
import { follow } from "./follow.ts";

/** A log while it is shown. */
export interface LiveLog {
  readonly lines: readonly LogEntry[];
  readonly ended: boolean;
  readonly failure: Failure | undefined;
}

/**
 * Follows a log while a component is shown. When the stream is opened again it begins with the lines that are there: they take
 * the place of the old ones.
 */
export function useLog<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  read: (message: T) => readonly LogEntry[],
  key: string,
): LiveLog {
  const state = useSignal<LiveLog>({ lines: [], ended: false, failure: undefined });
  useEffect(() => {
    const waiting = new WaitingLines();
    let isNew = true;
    let frame = 0;
    const show = (rest: Partial<LiveLog> = {}): void => {
      cancelAnimationFrame(frame);
      frame = 0;
      const lines = withLines(isNew ? [] : state.value.lines, waiting.take());
      isNew = false;
      state.value = { ...state.value, ...rest, lines };
    };
    state.value = { lines: [], ended: false, failure: undefined };
    const stop = follow({
      open,
      onOpen: () => {
        waiting.take();
        isNew = true;
      },
      onMessage: (message) => {
        waiting.add(read(message));
        frame ||= requestAnimationFrame(() => show());
      },
      onEnd: () => show({ ended: true }),
      onFailure: (failure) => show({ ended: true, failure }),
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [key]);
  return state.value;
}
