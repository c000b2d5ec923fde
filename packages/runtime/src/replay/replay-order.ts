/** Default time that a recorded result may keep those behind it waiting after the last sign of life, in milliseconds. */
export const defaultPatienceMs = 1_000;
/** Maximum of that time, whatever happens meanwhile, in milliseconds. */
const longestMs = 10_000;
/** Each gap that was waited for in vain halves the patience, down to this. */
const leastPatienceMs = 10;

/** The engine's part in a replay order. */
export interface OrderClock {
  monotonic(): number;
  /** Calls back later; the returned function takes that back. */
  after(ms: number, callback: () => void): () => void;
}

/**
 * Gives an attempt the recorded results in the order in which they were recorded, so that its code takes the same path as
 * before: the same call wins a race, and the workers of a pool take the same orders. A result that is asked for too early
 * is held. A recorded result that is not asked for any more is waited for as long as something happens, and a second more.
 */
export class ReplayOrder {
  readonly #clock: OrderClock;
  /** Positions of recorded results; undefined once all of them were given, or waited for in vain. */
  #positions: ReadonlyMap<string, number> | undefined;
  readonly #held: Map<number, (() => void)[]> = new Map();
  /** Results of actions that end now: they come after all recorded ones. */
  #later: (() => void)[] = [];
  #next = 0;
  #patienceMs: number;
  #progressAt = 0;
  /** Since when the next one is waited for. */
  #since = 0;
  #cancel: (() => void) | undefined;

  /** @param names - What is recorded, in order. @param patience - In milliseconds: see `defaultPatienceMs`. */
  constructor(names: readonly string[], patience: number, clock: OrderClock) {
    this.#patienceMs = patience;
    this.#positions = names.length === 0 ? undefined : new Map(names.map((name, position) => [name, position]));
    this.#clock = clock;
  }

  /** The attempt has asked for something. */
  progress(): void {
    if (this.#cancel !== undefined) this.#progressAt = this.#clock.monotonic();
  }

  /** Calls `deliver` when it is the turn of the result with this name. */
  give(name: string, deliver: () => void): void {
    if (this.#positions === undefined) return deliver();
    const position = this.#positions.get(name);
    if (position === undefined) this.#later.push(deliver);
    else if (position < this.#next) return deliver();
    else this.#hold(position, deliver);
    this.#advance();
  }

  /** Holds nothing any more. */
  close(): void {
    this.#positions = undefined;
    this.#held.clear();
    this.#later = [];
    this.#stopWaiting();
  }

  #hold(position: number, deliver: () => void): void {
    const others = this.#held.get(position);
    if (others === undefined) this.#held.set(position, [deliver]);
    else others.push(deliver);
  }

  #advance(): void {
    for (let held = this.#held.get(this.#next); held !== undefined; held = this.#held.get(this.#next)) {
      this.#stopWaiting();
      this.#held.delete(this.#next);
      this.#next += 1;
      for (const deliver of held) deliver();
    }
    if (this.#positions !== undefined && this.#next >= this.#positions.size) this.#end();
    else if (this.#held.size > 0 || this.#later.length > 0) this.#wait();
  }

  #end(): void {
    const later = this.#later;
    this.close();
    for (const deliver of later) deliver();
  }

  #wait(): void {
    if (this.#cancel !== undefined) return;
    this.#since = this.#clock.monotonic();
    this.#progressAt = this.#since;
    this.#cancel = this.#clock.after(this.#patienceMs, () => this.#waited());
  }

  #stopWaiting(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #waited(): void {
    this.#cancel = undefined;
    const end = Math.min(this.#progressAt + this.#patienceMs, this.#since + longestMs);
    const left = end - this.#clock.monotonic();
    if (left > 0) {
      this.#cancel = this.#clock.after(left, () => this.#waited());
      return;
    }
    this.#patienceMs = Math.max(this.#patienceMs / 2, leastPatienceMs);
    this.#next = [...this.#held.keys()].reduce((one, other) => Math.min(one, other), this.#positions?.size ?? 0);
    this.#advance();
  }
}
