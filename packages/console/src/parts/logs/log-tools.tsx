import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { CopyButton } from "../notice.tsx";
import { levels, type Level } from "./level.ts";
import type { LogFilter } from "./log-filter.ts";
import { logText, timedText, type LogEntry } from "./log-lines.ts";

/** The search, the filters and the buttons above a log. */
export function LogTools({
  filter,
  sources,
  shown,
  count,
  paused,
  newer,
  ended,
  onPause,
}: {
  readonly filter: Signal<LogFilter>;
  /** Writers to choose from. */
  readonly sources: readonly string[];
  readonly shown: readonly LogEntry[];
  /** All lines, filtered out ones too. */
  readonly count: number;
  readonly paused: boolean;
  /** Lines that came while it is held still. */
  readonly newer: number;
  /** True if no line will follow. */
  readonly ended: boolean;
  readonly onPause: () => void;
}): JSX.Element {
  const set = (part: Partial<LogFilter>): void => void (filter.value = { ...filter.value, ...part });
  return (
    <div class="log-tools">
      <input
        type="search"
        aria-label="Search in the log"
        placeholder="Search in the log"
        onInput={(event) => set({ text: event.currentTarget.value })}
      />
      <select aria-label="Level" onInput={(event) => set({ level: (event.currentTarget.value || undefined) as Level })}>
        <option value="">All levels</option>
        {levels.map((level) => (
          <option key={level} value={level}>
            {level === "error" ? "error" : `${level} and above`}
          </option>
        ))}
      </select>
      {sources.length < 2 ? null : (
        <select aria-label="Replica" onInput={(event) => set({ source: event.currentTarget.value })}>
          <option value="">All replicas</option>
          {sources.map((source) => (
            <option key={source} value={source}>
              {source}
            </option>
          ))}
        </select>
      )}
      <button type="button" aria-pressed={paused} disabled={ended && !paused} onClick={onPause}>
        {paused ? `Go on (${newer} new)` : "Pause"}
      </button>
      <CopyButton text={() => logText(shown)} what="the lines" />
      <CopyButton text={() => timedText(shown)} what="the lines with their times" />
      <span class="quiet" role="status">
        {shown.length === count ? linesOf(count) : `${shown.length} of ${linesOf(count)}`}
        {ended ? "" : ", live"}
      </span>
    </div>
  );
}

function linesOf(count: number): string {
  return count === 1 ? "1 line" : `${count} lines`;
}
