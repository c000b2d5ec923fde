import type { Clock } from "../live/clock.ts";
import type { QueueBook, QueueId, QueueLimits, QueuePause } from "./queue-contract.ts";
import { StartWindow, type CountedStart } from "./start-window.ts";
import type { WaitReason } from "./turn.ts";
import type { Waiting, WaitingStrand } from "./waiting.ts";

/** A queue, as its keys see it. */
export interface GateQueue {
  readonly id: QueueId;
  readonly limits: QueueLimits;
  readonly paused: QueuePause | undefined;
  readonly clock: Clock;
  readonly book: QueueBook;
  /** Called for a strand whose jobs may start again. */
  woken(strand: WaitingStrand): void;
  /** Called by the clock, after strands were woken. */
  dispatch(): void;
  /** Called when something waits or runs that did not, or the other way round. */
  changed(): void;
  /** Called when nothing of a key waits, runs or counts any more. */
  emptied(gate: Gate): void;
}

/** Maximum number of running jobs that are named as the reason for which another one waits. */
const mostNamed = 10;

/** One key of a queue: what waits for it, what runs, and whether another job may start. */
export class Gate {
  readonly key: string;
  /** In the order in which they came. */
  readonly waiting: Set<Waiting> = new Set();
  /** Jobs that compute: one that waits for children or for somebody gives its place away. */
  readonly running: Set<Waiting> = new Set();
  /** Strands with jobs that wait. */
  readonly strands: Set<WaitingStrand> = new Set();
  readonly #queue: GateQueue;
  #window: StartWindow | undefined;
  #timer: (() => void) | undefined;
  #attached = 0;

  /** @param ages - Of starts that count, in milliseconds. */
  constructor(queue: GateQueue, key: string, ages: readonly number[] = []) {
    this.#queue = queue;
    this.key = key;
    if (ages.length === 0) return;
    const now = queue.clock.monotonic();
    this.#window = new StartWindow();
    for (const age of ages.toSorted((one, other) => other - one)) this.#window.add().at = now - age;
  }

  /** True if a job may start now, as far as the queue goes. */
  get isOpen(): boolean {
    const { paused, limits } = this.#queue;
    return paused === undefined && this.running.size < (limits.concurrency ?? Infinity) && this.#waitMs() === 0;
  }

  /** The starts that the rate still allows; undefined without a rate. */
  get rateLeft(): number | undefined {
    const { rate } = this.#queue.limits;
    if (rate === undefined) return undefined;
    return Math.max(rate.limit - (this.#window?.size(rate, this.#queue.clock.monotonic()) ?? 0), 0);
  }

  /** Milliseconds since 1970 from which the rate allows a start; undefined if it does now. */
  get nextAt(): number | undefined {
    const ms = this.#waitMs();
    return ms === 0 ? undefined : this.#queue.clock.now() + (ms === Infinity ? 0 : ms);
  }

  /** A job of it comes, and stays until it is detached: it may wait and run several times. */
  attach(): void {
    this.#attached += 1;
  }

  detach(): void {
    this.#attached -= 1;
    this.#lookIdle();
  }

  enter(entry: Waiting): void {
    this.waiting.add(entry);
    this.#queue.changed();
  }

  /** It waits no more. */
  leave(entry: Waiting): void {
    this.waiting.delete(entry);
    this.#queue.changed();
  }

  /** Counts a job as computing, by 1, or as computing no more, by -1. */
  count(entry: Waiting, by: 1 | -1): void {
    if (by > 0) this.running.add(entry);
    else this.running.delete(entry);
    this.#queue.changed();
    if (by < 0) this.wake();
  }

  /** Calls back when a job that has its place may begin: at once, or with a rate as soon as its start is on disk. */
  admit(begin: () => void): void {
    const { limits, book, id, clock } = this.#queue;
    const { rate } = limits;
    if (rate === undefined) return begin();
    const start: CountedStart = (this.#window ??= new StartWindow()).add();
    book.started(id, this.key, rate, () => {
      start.at = clock.monotonic();
      this.#arm();
      begin();
    });
  }

  /** A strand of it has to wait until it is open. */
  park(): void {
    this.#arm();
  }

  /** Lets its strands take part again, if it is open. */
  wake(): void {
    if (this.strands.size === 0) return;
    if (!this.isOpen) return this.#arm();
    for (const strand of this.strands) {
      if (strand.unpark()) this.#queue.woken(strand);
    }
  }

  /** The reason for which a job of it waits, if it is the queue. */
  whyWaiting(entry: Waiting): WaitReason | undefined {
    const { id, paused, limits, clock } = this.#queue;
    const at = { queue: id, key: this.key, before: this.#before(entry) };
    if (paused !== undefined) return { kind: "paused", ...at, at: paused.at, by: paused.by };
    const { concurrency = Infinity, rate } = limits;
    if (this.running.size >= concurrency) {
      const running = [...this.running].slice(0, mostNamed).map(({ job }) => job.id);
      return { kind: "queue", ...at, limit: concurrency, running };
    }
    if (rate === undefined || this.#waitMs() === 0) return undefined;
    return { kind: "rate", ...at, ...rate, nextAt: new Date(this.nextAt ?? clock.now()) };
  }

  close(): void {
    this.#timer?.();
    this.#timer = undefined;
  }

  #waitMs(): number {
    const { limits, clock } = this.#queue;
    if (limits.rate === undefined || this.#window === undefined) return 0;
    return this.#window.waitMs(limits.rate, clock.monotonic());
  }

  /** Looks again when the rate allows another start. */
  #arm(): void {
    const ms = this.#waitMs();
    if (ms > 0 && ms < Infinity) this.#lookAfter(ms);
  }

  #lookAfter(ms: number): void {
    this.#timer?.();
    this.#timer = this.#queue.clock.after(ms, () => {
      this.#timer = undefined;
      this.wake();
      this.#queue.dispatch();
      this.#lookIdle();
    });
  }

  #lookIdle(): void {
    if (this.#attached > 0) return;
    const { limits, clock, book, id } = this.#queue;
    const { rate } = limits;
    const counts = rate === undefined ? 0 : (this.#window?.size(rate, clock.monotonic()) ?? 0);
    if (counts === 0) {
      if (this.#window !== undefined) book.emptied(id, this.key);
      return this.#queue.emptied(this);
    }
    if (this.#timer === undefined) this.#lookAfter(rate?.perMs ?? 0);
  }

  /** The number of jobs of the key that start before one. */
  #before(entry: Waiting): number {
    const own = entry.strand;
    if (own === undefined) return 0;
    const position = own.positionOf(entry);
    let before = position;
    for (const strand of this.strands) {
      if (strand === own || strand.priority < own.priority) continue;
      before += strand.priority > own.priority ? strand.waiting : Math.min(strand.waiting, position);
    }
    return before;
  }
}
