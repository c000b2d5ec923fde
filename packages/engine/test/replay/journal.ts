import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "@appenv-internal/test-support/random";

/** The part of a program that is not durable, and the values that it was given at each of its places. */
export class ReplayJournal {
  /** Places that asked for something. */
  readonly places = new Set<string>();
  readonly mistakes: string[] = [];
  /** The first value given at each place. */
  readonly #told = new Map<string, unknown>();
  /** The place that each value was given to. */
  readonly #owners = new Map<unknown, string>();
  readonly #random: Random;
  readonly #waits: boolean;
  #last = 0;
  /** The number of answers that still come before the attempt fails. */
  fuse = Infinity;

  constructor(seed: number, waits: boolean) {
    this.#random = new Random(seed);
    this.#waits = waits;
  }

  below(limit: number): number {
    return this.#random.below(limit);
  }

  /** A value that nobody else has. */
  fresh(kind: string): string {
    return `${kind} ${(this.#last += 1)}`;
  }

  asked(place: string): void {
    this.places.add(place);
  }

  /** @throws Error where the attempt is to fail. */
  told(place: string, value: unknown): void {
    const before = this.#told.get(place) ?? value;
    if (before !== value) this.mistakes.push(`${place} was told ${String(before)}, and then ${String(value)}`);
    const owner = this.#owners.get(value) ?? place;
    if (owner !== place) this.mistakes.push(`${String(value)} was told to ${owner}, and then to ${place}`);
    this.#told.set(place, value);
    this.#owners.set(value, place);
    this.fuse -= 1;
    if (this.fuse === 0) throw new Error("The attempt fails here.");
  }

  /** The outcome of a race, which is the same each time. */
  won(place: string, winner: number): void {
    const before = this.#told.get(place) ?? winner;
    if (before !== winner) this.mistakes.push(`${place} was won by ${String(before)}, and then by ${winner}`);
    this.#told.set(place, winner);
  }

  /** Takes some time, another one whenever it is called. */
  async pause(): Promise<void> {
    const turns = this.#waits ? this.below(4) : 0;
    if (turns === 3) await sleep(this.below(4));
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  async flaky(): Promise<void> {
    await this.pause();
    if (this.below(2) === 0) throw new Error("It did not work this time.");
  }

  /** A queue as packages have them: whoever ends starts the next one. */
  limit(most: number): <T>(run: () => Promise<T>) => Promise<T> {
    const waiting: (() => Promise<void>)[] = [];
    let running = 0;
    const next = async (): Promise<void> => {
      if (running >= most) return;
      const job = waiting.shift();
      if (job === undefined) return;
      running += 1;
      await job();
      running -= 1;
      await next();
    };
    return <T>(run: () => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        waiting.push(() => run().then(resolve, reject));
        void next();
      });
  }
}
