import type { ProcessExit } from "../../replicas/replica-process.ts";

const keptLines = 60;
const shownLines = 12;
const shownCharacters = 1_500;

/** V8's own report of a crash, frame by frame, tells users nothing. */
const noise = /^\s*(\d+: 0x[0-9a-f]+|-+( .* -+)?|<---.*--->|\[\d+:0x[0-9a-f]+\].*)/i;

/** The last lines of a process's stderr. */
export class LastOutput {
  readonly #lines: string[] = [];

  add(lines: readonly string[]): void {
    this.#lines.push(...lines.slice(-keptLines));
    if (this.#lines.length > keptLines) this.#lines.splice(0, this.#lines.length - keptLines);
  }

  /** All that is kept, for a log. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Whether V8 gave up because its heap was full. */
  get heapIsFull(): boolean {
    return this.#lines.some((line) => /\bout of memory\b/i.test(line) && /^FATAL ERROR|heap/i.test(line));
  }

  /** As much as fits into a message, with a sentence before it; empty if there is nothing to show. */
  shown(): string {
    const telling = this.#lines.filter((line) => line.trim() !== "" && !noise.test(line));
    const text = telling.slice(-shownLines).join("\n");
    if (text === "") return "";
    return ` Its last output:\n${text.length > shownCharacters ? `...${text.slice(-shownCharacters)}` : text}`;
  }
}

/** How a process ended, for people. */
export function describeExit({ code, signal }: ProcessExit): string {
  if (signal === "SIGKILL") return "was ended by SIGKILL, as the system does when it runs out of memory";
  if (signal !== null) return `was ended by ${signal}`;
  if (code === null) return "could not be run";
  return `ended with exit code ${code}${code === 0 ? ", as process.exit() does" : ""}`;
}
