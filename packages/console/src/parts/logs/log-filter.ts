import { levelOf, levels, type Level } from "./level.ts";
import type { LogEntry } from "./log-lines.ts";

/** The lines of a log that are wanted. */
export interface LogFilter {
  /** A part of them, whatever the case; empty: all. */
  readonly text: string;
  /** The least level; undefined: lines without a level too. */
  readonly level: Level | undefined;
  /** The replica that wrote them; empty: any. */
  readonly source: string;
}

/** The lines that meet a filter. */
export function filtered(lines: readonly LogEntry[], { text, level, source }: LogFilter): readonly LogEntry[] {
  const part = text.toLowerCase();
  if (part === "" && level === undefined && source === "") return lines;
  const isLevel = level === undefined ? () => true : atLeast(level);
  return lines.filter(
    (line) =>
      isLevel(line) &&
      (source === "" || line.source === source) &&
      (part === "" || line.text.toLowerCase().includes(part)),
  );
}

/** Lines of one kind that follow one another: those that begin with a space, as of a stack, have the level of the line above. */
function atLeast(least: Level): (line: LogEntry) => boolean {
  const before = new Map<string, Level | undefined>();
  return ({ text, source }) => {
    const level = /^\s/.test(text) ? before.get(source) : levelOf(text);
    before.set(source, level);
    return level !== undefined && levels.indexOf(level) >= levels.indexOf(least);
  };
}

/** The writers of lines, by their names. */
export function sourcesOf(lines: readonly LogEntry[]): readonly string[] {
  const sources = new Set<string>();
  for (const { source } of lines) sources.add(source);
  return [...sources].toSorted();
}
