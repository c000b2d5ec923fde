import type { Clock } from "../live/clock.ts";
import { Gate, type GateQueue } from "./gate.ts";
import type { KnownQueue, QueueBook, QueueId, QueueLimits, QueuePause } from "./queue-contract.ts";
import type { Job } from "./turn.ts";
import type { StrandOwner, WaitingStrand } from "./waiting.ts";

/** Tools that all queues share. */
export interface QueueTools {
  readonly clock: Clock;
  readonly book: QueueBook;
  /** Called for a queue in which something has changed. */
  readonly changed: (queue: LiveQueue) => void;
}

/** A queue that jobs have come to since the platform started. */
export class LiveQueue implements GateQueue {
  readonly id: QueueId;
  readonly clock: Clock;
  readonly book: QueueBook;
  limits: QueueLimits;
  paused: QueuePause | undefined;
  readonly gates: Map<string, Gate> = new Map();
  readonly #queues: Queues;
  readonly #tools: QueueTools;
  readonly #starts: Map<string, readonly number[]>;

  constructor(id: QueueId, known: KnownQueue, limits: QueueLimits, queues: Queues, tools: QueueTools) {
    this.id = id;
    this.clock = tools.clock;
    this.book = tools.book;
    this.limits = known.limits ?? limits;
    this.paused = known.paused;
    this.#starts = new Map(known.starts);
    this.#queues = queues;
    this.#tools = tools;
  }

  gate(key: string): Gate {
    const known = this.gates.get(key);
    if (known !== undefined) return known;
    const gate = new Gate(this, key, this.#starts.get(key));
    this.#starts.delete(key);
    this.gates.set(key, gate);
    return gate;
  }

  /** Lets what waits take part again, where it may. */
  wake(): void {
    for (const gate of this.gates.values()) gate.wake();
    this.changed();
    this.dispatch();
  }

  woken(strand: WaitingStrand): void {
    this.#queues.woken.add(strand);
  }

  dispatch(): void {
    this.#queues.dispatchWoken();
  }

  changed(): void {
    this.#tools.changed(this);
  }

  emptied(gate: Gate): void {
    gate.close();
    this.gates.delete(gate.key);
  }
}

/** The queues of all environments: a queue may have tasks of several. */
export class Queues {
  /** Strands that take part again, whose environments are to be looked at. */
  readonly woken: Set<WaitingStrand> = new Set();
  readonly #live: Map<string, LiveQueue> = new Map();
  readonly #tools: QueueTools;
  #position = 0;

  constructor(tools: QueueTools) {
    this.#tools = tools;
  }

  /** The next position among all that wait. */
  next: () => number = () => (this.#position += 1);

  gate({ queue }: Job): Gate {
    return this.#open(queue.id, queue.limits).gate(queue.key);
  }

  find(id: QueueId): LiveQueue | undefined {
    return this.#live.get(keyOf(id));
  }

  all(): Iterable<LiveQueue> {
    return this.#live.values();
  }

  /** Lets nothing of a queue start, or what waits in it again. */
  pause(id: QueueId, pause: QueuePause | undefined): void {
    const queue = this.find(id);
    if (queue === undefined) return;
    queue.paused = pause;
    queue.wake();
  }

  limit(id: QueueId, limits: QueueLimits): void {
    const queue = this.find(id);
    if (queue === undefined) return;
    queue.limits = limits;
    queue.wake();
  }

  /**
   * Has environments start what may start whose strands were woken: first the one with the highest priority, then the one that
   * has waited longest.
   */
  dispatchWoken(last?: StrandOwner): void {
    const strands = [...this.woken];
    this.woken.clear();
    if (strands.length > 1) strands.sort((one, other) => other.priority - one.priority || one.since - other.since);
    const owners = new Set(strands.map(({ owner }) => owner));
    if (last !== undefined) owners.add(last);
    for (const owner of owners) owner.startAll();
  }

  close(): void {
    for (const { gates } of this.#live.values()) for (const gate of gates.values()) gate.close();
  }

  #open(id: QueueId, limits: QueueLimits): LiveQueue {
    const key = keyOf(id);
    const known = this.#live.get(key);
    if (known !== undefined) return known;
    const made = new LiveQueue(id, this.#tools.book.open(id), limits, this, this.#tools);
    this.#live.set(key, made);
    return made;
  }
}

function keyOf({ project, domain, name }: QueueId): string {
  return `${project}/${domain}/${name}`;
}
