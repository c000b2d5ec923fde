import type { RateSettings } from "@appenv/core/internal";
import { Fifo } from "./fifo.ts";

/** A start that counts: its time by the clock that does not jump, once it is known. */
export interface CountedStart {
  at: number;
}

/**
 * The starts that count against a rate: a sliding window, so that in no span of time as long as `perMs` there are more than
 * `limit` starts. A start that is on its way to the disk counts until its time is known, and from then on for `perMs`.
 */
export class StartWindow {
  readonly #starts: Fifo<CountedStart> = new Fifo();

  /** Counts a start whose time is not known yet. */
  add(): CountedStart {
    const start = { at: Infinity };
    this.#starts.push(start);
    return start;
  }

  /** The number of starts that count. */
  size(rate: RateSettings, now: number): number {
    this.#forget(rate, now);
    return this.#starts.length;
  }

  /** Time until another start is allowed, in milliseconds: 0 if it is now, infinite until the time of one is known. */
  waitMs(rate: RateSettings, now: number): number {
    this.#forget(rate, now);
    const over = this.#starts.length - rate.limit;
    // A limit that was lowered is kept to as soon as enough starts are past.
    return over < 0 ? 0 : Math.max((this.#starts.at(over)?.at ?? 0) + rate.perMs - now, 0);
  }

  #forget({ perMs }: RateSettings, now: number): void {
    for (let first = this.#starts.first; first !== undefined && first.at + perMs <= now; first = this.#starts.first) {
      this.#starts.shift();
    }
  }
}
