/** A queue between one side that reports events as they happen and another that takes them when it has time. */
export class EventQueue<T> {
  #items: T[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  /** The number of items to be taken. */
  get length(): number {
    return this.#items.length;
  }

  /** Adds one; after `end` it is ignored. */
  push(item: T): void {
    if (this.#ended) return;
    this.#items.push(item);
    this.#wake?.();
  }

  /** Removes the oldest item. */
  shift(): T | undefined {
    return this.#items.shift();
  }

  /** Ends the queue; items in it can still be taken. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Takes all items, as soon as there is one; undefined at the end. For one taker at a time. */
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
