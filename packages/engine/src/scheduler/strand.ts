import { Fifo } from "./fifo.ts";
import type { Gate } from "./gate.ts";
import type { StrandOwner, Waiting, WaitingStrand } from "./waiting.ts";

/** The waiting jobs of one run in a strand. */
interface RunQueue<Entry extends Waiting> {
  readonly run: number;
  readonly entries: Fifo<Entry>;
  waiting: number;
  /** Position in the order in which runs began to wait for their turn. */
  since: number;
}

/** The waiting jobs of a task with one key and one priority that go to the same workers; their runs take turns. */
export class Strand<Entry extends Waiting> implements WaitingStrand {
  readonly gate: Gate;
  readonly priority: number;
  readonly owner: StrandOwner;
  /** `ready`: among those that take turns. `parked`: its gate is closed. `gone`: nothing waits in it. */
  state: "ready" | "parked" | "gone" = "ready";
  waiting = 0;
  readonly #runs = new Map<number, RunQueue<Entry>>();
  readonly #turns: Fifo<RunQueue<Entry>> = new Fifo();
  readonly #next: () => number;
  readonly #rejoin: () => void;

  /**
   * @param next - The next position among all that wait.
   * @param rejoin - Takes it into the turns of its task again.
   */
  constructor(gate: Gate, priority: number, owner: StrandOwner, next: () => number, rejoin: () => void) {
    this.gate = gate;
    this.priority = priority;
    this.owner = owner;
    this.#next = next;
    this.#rejoin = rejoin;
    gate.strands.add(this);
  }

  get since(): number {
    return this.#turns.first?.since ?? Infinity;
  }

  add(entry: Entry, where: "first" | "last"): void {
    const { run: id } = entry.job;
    const known = this.#runs.get(id);
    const run = known ?? { run: id, entries: new Fifo<Entry>(), waiting: 0, since: this.#next() };
    if (where === "first") run.entries.unshift(entry);
    else run.entries.push(entry);
    run.waiting += 1;
    this.waiting += 1;
    if (known !== undefined) return;
    this.#runs.set(id, run);
    this.#turns.push(run);
  }

  /** Takes out the next job; undefined if those that were left have all been taken back. */
  shift(): Entry | undefined {
    for (let run = this.#turns.shift(); run !== undefined; run = this.#turns.shift()) {
      const entry = firstWaiting(run.entries);
      if (entry !== undefined) this.#taken(run);
      if (run.entries.length === 0) this.#runs.delete(run.run);
      else this.#turns.push(Object.assign(run, { since: this.#next() }));
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  /** Notes that a job waits no more. It stays in the list of its run until its turn comes. */
  leave({ job }: Waiting): void {
    const run = this.#runs.get(job.run);
    if (run !== undefined) this.#taken(run);
  }

  /** Lets it wait for its gate. */
  park(): void {
    this.state = "parked";
    this.gate.park();
  }

  unpark(): boolean {
    if (this.state !== "parked") return false;
    this.state = "ready";
    this.#rejoin();
    return true;
  }

  /** Ends it: nothing waits in it. */
  end(): void {
    this.state = "gone";
    this.gate.strands.delete(this);
  }

  positionOf(entry: Waiting): number {
    const own = this.#runs.get(entry.job.run);
    if (own === undefined) return 0;
    let index = 0;
    for (let at = 0; own.entries.at(at) !== entry && at < own.entries.length; at += 1) {
      if (own.entries.at(at)?.state === "waiting") index += 1;
    }
    let before = index;
    let extra = 1;
    for (let at = 0; at < this.#turns.length; at += 1) {
      const run = this.#turns.at(at);
      if (run === own) extra = 0;
      else if (run !== undefined) before += Math.min(run.waiting, index + extra);
    }
    return before;
  }

  *inOrder(): Generator<Entry> {
    const runs = Array.from({ length: this.#turns.length }, (_, at) =>
      waitingOf(this.#turns.at(at) as RunQueue<Entry>),
    );
    yield* takeTurns(runs);
  }

  #taken(run: RunQueue<Entry>): void {
    run.waiting -= 1;
    this.waiting -= 1;
  }
}

/** One of each in turn, until none has any left. */
export function* takeTurns<T>(each: readonly Iterator<T>[]): Generator<T> {
  for (let left = each; left.length > 0;) {
    const still: Iterator<T>[] = [];
    for (const one of left) {
      const next = one.next();
      if (next.done === true) continue;
      yield next.value;
      still.push(one);
    }
    left = still;
  }
}

function* waitingOf<Entry extends Waiting>({ entries }: RunQueue<Entry>): Generator<Entry> {
  for (let at = 0; at < entries.length; at += 1) {
    const entry = entries.at(at);
    if (entry?.state === "waiting") yield entry;
  }
}

function firstWaiting<Entry extends Waiting>(entries: Fifo<Entry>): Entry | undefined {
  for (let entry = entries.shift(); entry !== undefined; entry = entries.shift()) {
    if (entry.state === "waiting") return entry;
  }
  return undefined;
}
