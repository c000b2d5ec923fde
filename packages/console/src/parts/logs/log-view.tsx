import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Text } from "../text.tsx";
import { exact } from "../time.tsx";
import { WindowList } from "../window-list.tsx";
import { filtered, sourcesOf, type LogFilter } from "./log-filter.ts";
import { levelOf } from "./level.ts";
import type { LogEntry } from "./log-lines.ts";
import { LogTools } from "./log-tools.tsx";

const rowHeight = 20;
/** So near to the top older lines are asked for, in pixels. */
const nearTop = 400;

/** A line between two parts of a log. */
export interface LogRule {
  /** In milliseconds since 1970: it stands before the first line from this moment on. */
  readonly at: number;
  readonly words: string;
}

/** Older lines than those that are there. */
export interface OlderLines {
  /** Tells whether there may be any with a text in them; empty: with any. */
  readonly state: (text: string) => "more" | "loading" | "none";
  /** Asks for some. @param text - A part of them; empty: any. */
  readonly load: (text: string) => void;
  /** Older lines that contain the text which was asked for last. */
  readonly found: readonly LogEntry[];
  /** Goes back to the newest lines; undefined: they are there. */
  readonly toNewest: (() => void) | undefined;
}

/** A live log with a search and filters; it can be held still. */
export function LogView({
  lines,
  rules = [],
  ended = false,
  older,
}: {
  readonly lines: readonly LogEntry[];
  readonly rules?: readonly LogRule[];
  /** True if no line will follow. */
  readonly ended?: boolean;
  /** Unset: all lines are there. */
  readonly older?: OlderLines;
}): JSX.Element {
  const filter = useSignal<LogFilter>({ text: "", level: undefined, source: "" });
  const held = useSignal<readonly LogEntry[] | undefined>(undefined);
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const known = held.value ?? lines;
  const { text } = filter.value;
  const found = text === "" ? [] : (older?.found ?? []);
  const shown = filtered(found.length === 0 ? known : [...found, ...known], filter.value);
  const rows = withRules(shown, rules);
  useKeptPlace(list, atEnd, rows, held.value === undefined);
  return (
    <div class="log">
      <LogTools
        filter={filter}
        sources={sourcesOf(known)}
        shown={shown}
        count={known.length + found.length}
        paused={held.value !== undefined}
        newer={lines.length - (held.value?.length ?? 0)}
        ended={ended}
        onPause={() => (held.value = held.value === undefined ? lines : undefined)}
      />
      {older === undefined ? null : <OlderTools older={older} text={text} />}
      {rows.length > 0 ? null : (
        <p class="no-lines">{known.length === 0 ? emptyWords(ended) : "No line meets these filters."}</p>
      )}
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
        onScrolled={({ scrollTop, scrollHeight, clientHeight }) => {
          atEnd.current = scrollTop + clientHeight > scrollHeight - 2 * rowHeight;
          if (scrollTop < nearTop && !atEnd.current && older?.state(text) === "more") older.load(text);
        }}
        render={(row) => ("words" in row ? <Rule words={row.words} /> : <Line line={row} />)}
      />
    </div>
  );
}

function emptyWords(ended: boolean): string {
  return ended ? "It wrote no line." : "No line yet.";
}

/** Stays at the end while lines are added there, and at the same line while older ones are added before it. */
function useKeptPlace(
  list: { readonly current: HTMLDivElement | null },
  atEnd: { current: boolean },
  rows: readonly (LogEntry | LogRule)[],
  isLive: boolean,
): void {
  const first = useRef<LogEntry | LogRule>(undefined);
  useLayoutEffect(() => {
    const added = first.current === undefined ? -1 : rows.indexOf(first.current);
    first.current = rows[0];
    if (list.current === null) return;
    if (atEnd.current && isLive) list.current.scrollTop = rows.length * rowHeight;
    else if (added > 0) list.current.scrollTop += added * rowHeight;
  }, [rows.length, rows[0]]);
}

function OlderTools({ older, text }: { readonly older: OlderLines; readonly text: string }): JSX.Element | null {
  const { load, toNewest } = older;
  const state = older.state(text);
  if (state === "none" && toNewest === undefined) return null;
  return (
    <div class="log-older">
      {state === "none" ? null : (
        <button type="button" class="small" disabled={state === "loading"} onClick={() => load(text)}>
          {text === "" ? "Older lines" : "Search older lines"}
        </button>
      )}
      {toNewest === undefined ? null : (
        <button type="button" class="small" onClick={toNewest}>
          To the newest lines
        </button>
      )}
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
    <div class={isPlatform ? "log-line platform" : `log-line ${levelOf(text) ?? ""}`}>
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
