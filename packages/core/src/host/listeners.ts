import { isolated } from "../errors/unexpected.ts";

/** Functions that are called with each new value. One that throws or rejects affects neither the others nor the caller. */
export class Listeners<T> {
  readonly #where: string;
  readonly #all: Set<(value: T) => unknown> = new Set();

  /** @param of - The name of what they listen to, for the log: `the app's changes`. */
  constructor(of: string) {
    this.#where = `A listener of ${of} failed`;
  }

  /** The number of listeners. */
  get size(): number {
    return this.#all.size;
  }

  /** Calls `listener` with every value until the returned function is called. A listener is kept once. */
  add(listener: (value: T) => unknown): () => void {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  /**
   * Calls the listeners there are now, in the order in which they were added, unless one before them removes them.
   * Never throws: an error is reported as unexpected.
   */
  tell(value: T): void {
    for (const listener of Array.from(this.#all))
      if (this.#all.has(listener)) isolated(this.#where, () => listener(value));
  }

  /** Removes all listeners. */
  clear(): void {
    this.#all.clear();
  }
}
