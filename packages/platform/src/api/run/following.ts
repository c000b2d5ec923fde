import { LatestChanges } from "./latest-changes.ts";

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
