/** The number of changes that may wait for a slow reader; beyond it the reader is told to look at everything again. */
const maxWaiting = 10_000;

/**
 * Collects changes from the moment it is made until it is closed or `signal` is aborted. A watcher that makes it before reading a
 * first state misses nothing.
 */
export class Following<T> {
  readonly #latest = new LatestChanges<T>();
  readonly #unfollow: () => void;
  readonly #signal: AbortSignal;

  /** @param follow - Subscribes to changes, and returns a function that unsubscribes. */
  constructor(follow: (tell: (key: string, item: T) => void) => () => void, signal: AbortSignal) {
    this.#unfollow = follow(this.#latest.set);
    this.#signal = signal;
    signal.addEventListener("abort", this.#latest.end);
    if (signal.aborted) this.#latest.end();
  }

  /** Resolves with the changes since the last call; `missed`: look at everything again; undefined: the end. */
  take(): Promise<T[] | "missed" | undefined> {
    return this.#latest.take();
  }

  close(): void {
    this.#unfollow();
    this.#signal.removeEventListener("abort", this.#latest.end);
    this.#latest.end();
  }
}

/**
 * Changes since the last call, each thing as it is now: a thing that changes ten times meanwhile is there
 * once. So even the slowest reader costs a bounded amount of memory, and never sees an old state after a newer one.
 */
class LatestChanges<T> {
  readonly #max: number;
  #items = new Map<string, T>();
  #missed = false;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(max: number = maxWaiting) {
    this.#max = max;
  }

  /** Notes the new state of a thing. */
  readonly set = (key: string, item: T): void => {
    if (this.#ended || this.#missed) return;
    this.#items.set(key, item);
    if (this.#items.size > this.#max) {
      this.#items = new Map();
      this.#missed = true;
    }
    this.#wake?.();
  };

  /** Ends it; waiting changes are dropped. */
  readonly end = (): void => {
    this.#ended = true;
    this.#wake?.();
  };

  /**
   * The changes, as soon as there is one, the earliest first. `missed` says that there were too many to
   * remember; undefined is the end. For one taker at a time.
   */
  async take(): Promise<T[] | "missed" | undefined> {
    while (!this.#ended && !this.#missed && this.#items.size === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    if (this.#ended) return undefined;
    if (this.#missed) {
      this.#missed = false;
      return "missed";
    }
    const items = [...this.#items.values()];
    this.#items = new Map();
    return items;
  }
}
