/** What is between someone who tells events as they happen and one who takes them when there is time. */
export class EventQueue<T> {
  #items: T[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  /** How many wait to be taken. */
  get length(): number {
    return this.#items.length;
  }

  /** Adds one; after `end` it is ignored. */
  push(item: T): void {
    if (this.#ended) return;
    this.#items.push(item);
    this.#wake?.();
  }

  /** Removes the oldest that waits. */
  shift(): T | undefined {
    return this.#items.shift();
  }

  /** Nothing more comes; what waits can still be taken. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** All that wait, as soon as there is one; undefined at the end. For one taker at a time. */
  async takeAll(): Promise<T[] | undefined> {
    if (this.#items.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    if (this.#items.length === 0) return undefined;
    return this.#items.splice(0);
  }
}
