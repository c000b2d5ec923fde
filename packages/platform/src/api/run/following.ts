/** The number of changes that may wait for a slow reader; beyond it the reader is told to look at everything again. */
const maxWaiting = 10_000;

/**
 * Hears of changes from the moment it is made until it is closed or `signal` is aborted. Who makes it before reading a
 * first state misses nothing.
 */
export class Following<T> {
  readonly #latest = new LatestChanges<T>();
  readonly #unfollow: () => void;
  readonly #signal: AbortSignal;

  /** `follow` begins to tell of changes, until the function it returns is called. */
  constructor(follow: (tell: (key: string, item: T) => void) => () => void, signal: AbortSignal) {
    this.#unfollow = follow(this.#latest.set);
    this.#signal = signal;
    signal.addEventListener("abort", this.#latest.end);
    if (signal.aborted) this.#latest.end();
  }

  /** What changed since it was last asked; `missed`: look at everything again; undefined: the end. */
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
 * What changed since it was last asked, each thing as it is now: a thing that changes ten times meanwhile is there
 * once. So a reader however slow costs a bounded amount of memory, and never sees an old state after a newer one.
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

  /** Something is now like this. */
  readonly set = (key: string, item: T): void => {
    if (this.#ended || this.#missed) return;
    this.#items.set(key, item);
    if (this.#items.size > this.#max) {
      this.#items = new Map();
      this.#missed = true;
    }
    this.#wake?.();
  };

  /** Nothing more comes, and what waits is not needed. */
  readonly end = (): void => {
    this.#ended = true;
    this.#wake?.();
  };

  /**
   * What changed, as soon as something did: what changed first comes first. `missed` says that it was too much to
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
