/** A line of a log. */
export interface LogEntry {
  /** In milliseconds since 1970. */
  readonly at: number | undefined;
  readonly text: string;
  /** True for a line of the platform about the program. */
  readonly isPlatform: boolean;
  /** The replica that wrote it; empty if there is only one writer. */
  readonly source: string;
}

/** Maximum lines that a page keeps: the last ones. */
export const maxLines = 50_000;

/** Lines with new ones after them. */
export function withLines(before: readonly LogEntry[], added: readonly LogEntry[]): readonly LogEntry[] {
  const all = [...before, ...added];
  return all.length > maxLines ? all.slice(-maxLines) : all;
}

/** A log as text, to be copied: nothing but its lines. */
export function logText(lines: readonly LogEntry[]): string {
  return lines.map(({ text }) => text).join("\n");
}
