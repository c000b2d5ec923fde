import { isolated } from "../errors/unexpected.ts";

/** Functions that are told something. One that throws keeps nothing from the others, nor from the teller. */
export class Listeners<T> {
  readonly #where: string;
  readonly #all = new Set<(value: T) => void>();

  /** @param of - The name of what they listen to, for the log: `the app's changes`. */
  constructor(of: string) {
    this.#where = `A listener of ${of} failed`;
  }

  /** The number of listeners. */
  get size(): number {
    return this.#all.size;
  }

  /** Calls `listener` with every value until the returned function is called. A listener is kept once. */
  add(listener: (value: T) => void): () => void {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  /** Calls all of them, in the order in which they were added. Never throws: an error is reported as unexpected. */
  tell(value: T): void {
    for (const listener of this.#all) isolated(this.#where, () => listener(value));
  }

  /** Forgets all of them. */
  clear(): void {
    this.#all.clear();
  }
}
