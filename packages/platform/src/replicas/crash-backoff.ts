const firstDelayMs = 250;
const longestDelayMs = 30_000;
/** From this many crashes in a row on, an app is in a crash loop. */
const loopLength = 5;

/** The wait before a crashed app is started again: none the first time, then twice as long each time. */
export class CrashBackoff {
  #crashes = 0;
  #retryAt = 0;

  /** Counts a crash; `lifeMs` is how long the replica could answer before. */
  crashed(now: number, lifeMs: number, stableMs: number): void {
    this.#crashes = lifeMs >= stableMs ? 1 : this.#crashes + 1;
    const delay = this.#crashes === 1 ? 0 : firstDelayMs * 2 ** (this.#crashes - 2);
    this.#retryAt = now + Math.min(delay, longestDelayMs);
  }

  /** Forgets the past, as after a new revision. */
  reset(): void {
    this.#crashes = 0;
    this.#retryAt = 0;
  }

  get looping(): boolean {
    return this.#crashes >= loopLength;
  }

  get crashes(): number {
    return this.#crashes;
  }

  /** Milliseconds until the next start is allowed; 0 if it is now. */
  waitMs(now: number): number {
    return Math.max(0, this.#retryAt - now);
  }
}
