import type { ProcessExit } from "./task-process.ts";

const keptLines = 60;
const shownLines = 12;
const shownCharacters = 1_500;
/** Age from which output of attempts is of their work, and not of the process's end. */
const recentMs = 5_000;

/** V8's own report of a crash, frame by frame, tells users nothing. */
const noise = /^\s*(\d+: 0x[0-9a-f]+|-+( .* -+)?|<---.*--->|\[\d+:0x[0-9a-f]+\].*)/i;

interface Line {
  readonly text: string;
  /** True if it is in the log of the attempt that wrote it. */
  readonly logged: boolean;
  readonly at: number;
}

/** The last lines of a process's stderr, those of its attempts included. */
export class LastOutput {
  readonly #lines: Line[] = [];

  /** @param logged - Whether they are in the log of the attempt that wrote them. */
  add(texts: readonly string[], logged: boolean): void {
    const at = performance.now();
    this.#lines.push(...texts.slice(-keptLines).map((text) => ({ text, logged, at })));
    if (this.#lines.length > keptLines) this.#lines.splice(0, this.#lines.length - keptLines);
  }

  /** Lines of no attempt in particular. */
  get unassigned(): readonly string[] {
    return this.#lines.filter(({ logged }) => !logged).map(({ text }) => text);
  }

  /** True if V8 gave up because its heap was full. */
  get heapIsFull(): boolean {
    return this.unassigned.some((line) => /\bout of memory\b/i.test(line) && /^FATAL ERROR|heap/i.test(line));
  }

  /** As much as fits into a message, with a sentence before it; empty if there is nothing to show. */
  shown(): string {
    const since = performance.now() - recentMs;
    const recent = this.#lines.filter(({ logged, at }) => !logged || at >= since).map(({ text }) => text);
    const telling = recent.filter((line) => line.trim() !== "" && !noise.test(line));
    const text = telling.slice(-shownLines).join("\n");
    if (text === "") return "";
    return ` Its last output:\n${text.length > shownCharacters ? `...${text.slice(-shownCharacters)}` : text}`;
  }
}

/** The end of a process, for people. */
export function describeExit({ code, signal, spawnError }: ProcessExit): string {
  if (spawnError !== undefined) return `could not be started: ${spawnError.message}`;
  if (signal === "SIGKILL") return "was ended by SIGKILL, as the system does when it runs out of memory";
  if (signal !== null) return `was ended by ${signal}`;
  if (code === null) return "could not be run";
  return `ended with exit code ${code}${code === 0 ? ", as process.exit() does" : ""}`;
}
