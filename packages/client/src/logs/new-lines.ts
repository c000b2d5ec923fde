import type { TimedLine } from "./line.ts";

interface Newest {
  /** The newest time read. */
  readonly time: bigint;
  /** How often each line was read at that time. */
  readonly counts: Map<string, number>;
  /** The same, counted anew since a stream was opened again. */
  again: Map<string, number>;
}

/** Tells lines that were read before from new ones, while a new stream repeats old lines. */
export class NewLines {
  readonly #bySource = new Map<string, Newest>();
  #repeating = false;

  reconnected(): void {
    this.#repeating = true;
    for (const newest of this.#bySource.values()) newest.again = new Map();
  }

  caughtUp(): void {
    this.#repeating = false;
  }

  isNew({ source, text, time }: TimedLine<unknown>): boolean {
    const newest = this.#bySource.get(source);
    if (newest === undefined || time > newest.time) {
      this.#bySource.set(source, { time, counts: new Map([[text, 1]]), again: new Map([[text, 1]]) });
      return true;
    }
    if (time < newest.time) return !this.#repeating;
    const count = (newest.counts.get(text) ?? 0) + 1;
    const again = (newest.again.get(text) ?? 0) + 1;
    newest.again.set(text, again);
    if (this.#repeating && again < count) return false;
    newest.counts.set(text, count);
    return true;
  }
}
