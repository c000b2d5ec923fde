import type { AttemptStart } from "@appenv/runtime";
import type { AttemptListener, RunningAttempt } from "../contracts/attempts.ts";
import { AttemptHandle } from "../workers/attempt-handle.ts";
import type { Gate } from "./gate.ts";
import type { Strand } from "./strand.ts";
import type { Place, Places } from "./places.ts";
import type { Job, Turn, WaitReason } from "./turn.ts";
import type { Waiting } from "./waiting.ts";

/** The queue of an entry, as the entry needs it. */
export interface EntryQueue {
  /** Counts it as computing, by 1, or as computing no more, by -1. */
  count(entry: Entry, by: 1 | -1): void;
  /** Takes out one that waits. */
  leave(entry: Entry): void;
  /** Puts one that had begun before all others of its run: the process it was meant for has ended. */
  putBack(entry: Entry): void;
  /** Starts what may start. */
  dispatch(): void;
  whyWaiting(entry: Entry): WaitReason;
}

/** A job's place in the queue, then among what runs. */
export class Entry implements Turn, Waiting {
  readonly job: Job;
  /** The key of its queue. */
  readonly gate: Gate;
  readonly #queue: EntryQueue;
  readonly #start: (turn: Turn) => void;
  state: "waiting" | "running" | "paused" | "gone" = "waiting";
  /** Set when it is put in the queue. */
  places: Places | undefined;
  strand: Strand<Entry> | undefined;
  /** Set when it begins. */
  place: Place | undefined;
  #attempt: AttemptHandle | undefined;

  constructor(job: Job, gate: Gate, queue: EntryQueue, start: (turn: Turn) => void) {
    this.job = job;
    this.gate = gate;
    gate.attach();
    this.#queue = queue;
    this.#start = start;
  }

  /** Its turn has come. */
  begin(place: Place): void {
    this.state = "running";
    this.place = place;
    this.#queue.count(this, 1);
    this.gate.admit(() => this.#admitted());
  }

  #admitted(): void {
    const { place } = this;
    // Its start may have been on its way to the disk for a while.
    if (this.state !== "running" || place === undefined) return;
    if (place.isGone) return this.#unsent();
    if (this.#attempt === undefined) this.#start(this);
    else place.run(this.job.spec, this.#attempt);
  }

  run(given: Omit<AttemptStart, "id">, listener: AttemptListener): RunningAttempt {
    const attempt = new AttemptHandle(given, listener, () => this.#unsent());
    this.#attempt = attempt;
    this.place?.run(this.job.spec, attempt);
    return attempt;
  }

  pause(): void {
    if (this.state !== "running") return;
    this.state = "paused";
    this.#queue.count(this, -1);
    this.#queue.dispatch();
  }

  resume(): void {
    if (this.state !== "paused") return;
    this.state = "running";
    this.#queue.count(this, 1);
  }

  release(): void {
    const { state } = this;
    if (state === "gone") return;
    this.state = "gone";
    if (state === "running") this.#queue.count(this, -1);
    if (state === "waiting") this.#queue.leave(this);
    this.gate.detach();
    this.#queue.dispatch();
  }

  whyWaiting(): WaitReason | undefined {
    return this.state === "waiting" ? this.#queue.whyWaiting(this) : undefined;
  }

  #unsent(): void {
    if (this.state === "gone") return;
    if (this.state === "running") this.#queue.count(this, -1);
    this.state = "waiting";
    this.place = undefined;
    this.#queue.putBack(this);
  }
}
