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

/** Maximum lines that a page keeps, and maximum characters in them. */
export const most: { readonly lines: number; readonly characters: number } = { lines: 50_000, characters: 24_000_000 };

/** Lines with new ones after them; at the limit the oldest go. */
export function withLines(before: readonly LogEntry[], added: readonly LogEntry[]): readonly LogEntry[] {
  const all = before.concat(added);
  const least = Math.max(0, all.length - most.lines);
  let first = all.length;
  for (let characters = 0; first > least; first -= 1) {
    characters += all[first - 1]?.text.length ?? 0;
    if (characters > most.characters) break;
  }
  return first === 0 ? all : all.slice(first);
}

/**
 * New lines that wait for the next frame. A flood brings thousands of messages between two frames, and none at all is drawn of a
 * page that nobody looks at: a line is therefore moved a few times at most, and no more lines are kept than twice what fits.
 */
export class WaitingLines {
  #lines: LogEntry[] = [];
  #characters = 0;

  /** Adds lines after those that wait. */
  add(lines: readonly LogEntry[]): void {
    for (const line of lines) {
      this.#lines.push(line);
      this.#characters += line.text.length;
    }
    if (this.#lines.length <= 2 * most.lines && this.#characters <= 2 * most.characters) return;
    this.#lines = [...withLines([], this.#lines)];
    this.#characters = this.#lines.reduce((sum, { text }) => sum + text.length, 0);
  }

  /** Gives all of them, and begins anew. */
  take(): readonly LogEntry[] {
    const lines = this.#lines;
    this.#lines = [];
    this.#characters = 0;
    return lines;
  }
}

/** Lines with older ones before them; at the limit the newest go. */
export function withOlder(lines: readonly LogEntry[], older: readonly LogEntry[]): readonly LogEntry[] {
  const all = [...older, ...lines];
  return all.slice(0, fitting(all));
}

/** The number of the first lines that fit. */
function fitting(lines: readonly LogEntry[]): number {
  let characters = 0;
  const end = lines.findIndex(({ text }, index) => {
    characters += text.length;
    return index >= most.lines || characters > most.characters;
  });
  return end < 0 ? lines.length : end;
}

/** A log as text, to be copied: nothing but its lines. */
export function logText(lines: readonly LogEntry[]): string {
  return lines.map(({ text }) => text).join("\n");
}

/** A log as text with the times and the writers of its lines. */
export function timedText(lines: readonly LogEntry[]): string {
  return lines
    .map(({ at, source, text }) => [at === undefined ? "" : new Date(at).toISOString(), source, text])
    .map((parts) => parts.filter((part) => part !== "").join(" "))
    .join("\n");
}
