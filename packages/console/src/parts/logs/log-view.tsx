import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { CopyButton } from "../notice.tsx";
import { Text } from "../text.tsx";
import { exact } from "../time.tsx";
import { WindowList } from "../window-list.tsx";
import { logText, type LogEntry } from "./log-lines.ts";

const rowHeight = 20;

/** A line between two parts of a log. */
export interface LogRule {
  /** In milliseconds since 1970: it stands before the first line from this moment on. */
  readonly at: number;
  readonly words: string;
}

/** A live log with a search; it can be held still. */
export function LogView({
  lines,
  rules = [],
  ended = false,
}: {
  readonly lines: readonly LogEntry[];
  readonly rules?: readonly LogRule[];
  /** True if no line will follow. */
  readonly ended?: boolean;
}): JSX.Element {
  const text = useSignal("");
  const held = useSignal<readonly LogEntry[] | undefined>(undefined);
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const shown = (held.value ?? lines).filter((line) => line.text.toLowerCase().includes(text.value.toLowerCase()));
  const rows = withRules(shown, rules);
  useEffect(() => {
    if (atEnd.current && held.value === undefined && list.current !== null)
      list.current.scrollTop = rows.length * rowHeight;
  }, [rows.length]);
  return (
    <div class="log">
      <div class="log-tools">
        <input
          type="search"
          aria-label="Search in the log"
          placeholder="Search in the log"
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
        <button
          type="button"
          aria-pressed={held.value !== undefined}
          disabled={ended && held.value === undefined}
          onClick={() => (held.value = held.value === undefined ? lines : undefined)}
        >
          {held.value === undefined ? "Pause" : `Go on (${lines.length - held.value.length} new)`}
        </button>
        <CopyButton text={() => logText(shown)} what="the lines" />
        <span class="quiet" role="status">
          {text.value === ""
            ? lines.length === 1
              ? "1 line"
              : `${lines.length} lines`
            : `${shown.length} of ${lines.length} lines`}
          {ended ? "" : ", live"}
        </span>
      </div>
      <WindowList
        list={list}
        class="log-lines"
        role="log"
        aria-label="Log"
        aria-live="off"
        tabIndex={0}
        items={rows}
        rowHeight={rowHeight}
        keyOf={(_, index) => String(index)}
        onScrolled={({ scrollTop, scrollHeight, clientHeight }) =>
          (atEnd.current = scrollTop + clientHeight > scrollHeight - 2 * rowHeight)
        }
        render={(row) => ("words" in row ? <Rule words={row.words} /> : <Line line={row} />)}
      />
    </div>
  );
}

function withRules(lines: readonly LogEntry[], rules: readonly LogRule[]): readonly (LogEntry | LogRule)[] {
  if (rules.length === 0) return lines;
  const rows: (LogEntry | LogRule)[] = [];
  let next = 0;
  for (const line of lines) {
    for (let rule = rules[next]; rule !== undefined && (line.at ?? 0) >= rule.at; rule = rules[++next]) rows.push(rule);
    rows.push(line);
  }
  return rows;
}

function Rule({ words }: { readonly words: string }): JSX.Element {
  return (
    <div class="log-rule" role="separator" aria-label={words}>
      {words}
    </div>
  );
}

function Line({ line: { at, text, isPlatform, source } }: { readonly line: LogEntry }): JSX.Element {
  return (
    <div class={isPlatform ? "log-line platform" : "log-line"}>
      {at === undefined ? null : (
        <time title={exact(at)} dateTime={new Date(at).toISOString()}>
          {clock(at)}
        </time>
      )}
      {source === "" ? null : <span class="log-source">{source}</span>}
      <span class="log-text">
        <Text of={text} />
      </span>
    </div>
  );
}

function clock(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
