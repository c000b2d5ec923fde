import type { Entry } from "./entry.ts";
import { Fifo } from "./fifo.ts";
import type { Gate } from "./gate.ts";
import { Strand } from "./strand.ts";
import type { Place, Places } from "./places.ts";
import type { StrandOwner } from "./waiting.ts";

/** A count with a limit. */
export interface Count {
  limit: number;
  taken: number;
}

export function isReached({ limit, taken }: Count): boolean {
  return taken >= limit;
}

/** Jobs that go to the same workers. */
interface Line {
  readonly places: Places;
  readonly strands: Map<Gate, Strand<Entry>>;
  /** Strands that take turns: with a closed gate they are taken out when they are met. */
  readonly ready: Fifo<Strand<Entry>>;
}

/** Needs of what waits of a task. */
export interface LevelTools {
  readonly owner: StrandOwner;
  /** The next position among all that wait. */
  readonly next: () => number;
  /** Called when something may start that had to wait for its key. */
  readonly rejoined: (level: TaskLevel) => void;
}

/** Waiting jobs of one task with one priority. Keys take turns, and so do runs with one key. */
export class TaskLevel {
  readonly task: Count;
  readonly priority: number;
  inTurn = false;
  readonly #lines = new Map<Places, Line>();
  readonly #tools: LevelTools;

  constructor(task: Count, priority: number, tools: LevelTools) {
    this.task = task;
    this.priority = priority;
    this.#tools = tools;
  }

  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  /** True if there may be a job that its queue lets start. */
  get mayStart(): boolean {
    for (const { ready } of this.#lines.values()) {
      if (ready.length > 0) return true;
    }
    return false;
  }

  add(entry: Entry, places: Places, gate: Gate, where: "first" | "last"): void {
    const line = this.#lineOf(places);
    const strand = line.strands.get(gate) ?? this.#newStrand(line, gate);
    strand.add(entry, where);
    entry.strand = strand;
    places.waiting += 1;
  }

  /** Notes that a job waits no more. */
  leave(entry: Entry): void {
    const { strand, places } = entry;
    const line = places && this.#lines.get(places);
    if (strand === undefined || line === undefined) return;
    strand.leave(entry);
    this.#taken(line, strand);
  }

  /**
   * The next job that has a place: of the key whose turn it is, the first of the run that has waited longest.
   *
   * @param skips - Tells the places that are not to be looked at.
   */
  next(skips: (places: Places) => boolean): { readonly entry: Entry; readonly place: Place } | undefined {
    for (let line = this.#firstLine(skips); line !== undefined; line = this.#firstLine(skips)) {
      const place = line.places.take();
      if (place === undefined) {
        line.places.blocked = true;
        continue;
      }
      const strand = line.ready.shift() as Strand<Entry>;
      const entry = strand.shift();
      if (strand.waiting > 0) line.ready.push(strand);
      if (entry === undefined) continue;
      this.#taken(line, strand);
      return { entry, place };
    }
    return undefined;
  }

  #firstLine(skips: (places: Places) => boolean): Line | undefined {
    let first: Line | undefined;
    let since = Infinity;
    for (const line of this.#lines.values()) {
      if (line.places.blocked || skips(line.places)) continue;
      const strand = openStrand(line);
      if (strand === undefined || (first !== undefined && strand.since >= since)) continue;
      [first, since] = [line, strand.since];
    }
    return first;
  }

  #taken({ places, strands }: Line, strand: Strand<Entry>): void {
    places.waiting -= 1;
    if (places.waiting === 0) places.emptied();
    if (strand.waiting > 0) return;
    strand.end();
    strands.delete(strand.gate);
    if (strands.size === 0) this.#lines.delete(places);
  }

  #newStrand(line: Line, gate: Gate): Strand<Entry> {
    const { owner, next, rejoined } = this.#tools;
    const strand: Strand<Entry> = new Strand(gate, this.priority, owner, next, () => {
      line.ready.push(strand);
      rejoined(this);
    });
    line.strands.set(gate, strand);
    line.ready.push(strand);
    return strand;
  }

  #lineOf(places: Places): Line {
    const known = this.#lines.get(places);
    if (known !== undefined) return known;
    const line: Line = { places, strands: new Map(), ready: new Fifo() };
    this.#lines.set(places, line);
    return line;
  }
}

/** The strand whose turn it is. Those before it that have to wait for their gates are taken out. */
function openStrand({ ready }: Line): Strand<Entry> | undefined {
  for (let strand = ready.first; strand !== undefined; strand = ready.first) {
    if (strand.state === "ready" && strand.gate.isOpen) return strand;
    ready.shift();
    if (strand.state === "ready") strand.park();
  }
  return undefined;
}
