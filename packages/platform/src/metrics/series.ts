import { addStep, type LoadPoint } from "./load-point.ts";
import { encodePoint } from "./point-codec.ts";

/** The shorter of the steps that are kept, in seconds. */
export const second = 1;
/** The longer one. */
export const minute = 60;
/** Number of steps that are stored together: a minute of seconds, an hour of minutes. */
export const chunkSteps = 60;

/** Points of a series that are stored together. */
export interface Chunk {
  /** The length of its steps in seconds. */
  readonly step: number;
  /** The begin of its first step, in seconds since 1970. */
  readonly start: number;
  readonly points: Uint8Array[];
  /** The begin of its last step. */
  last: number;
}

/** The load of one app, or of one of its replicas, on its way to the database. */
export class Series {
  readonly #open: Map<number, Chunk> = new Map();
  readonly #changed: Set<Chunk> = new Set();
  /** The load of the minute so far. */
  #sum: LoadPoint | undefined;

  /** Adds the load of one second. */
  add(point: LoadPoint): void {
    this.#append(point, second);
    const begin = point.at - (point.at % minute);
    if (this.#sum !== undefined && this.#sum.at !== begin) this.endMinute();
    this.#sum = addStep(this.#sum ?? { ...point, ...none, at: begin }, point);
    if (point.at % minute === minute - second) this.endMinute();
  }

  /** Ends the minute: no second of it follows. */
  endMinute(): void {
    if (this.#sum !== undefined) this.#append(this.#sum, minute);
    this.#sum = undefined;
  }

  /** The chunks that have changed since the last call. */
  takeChanged(): readonly Chunk[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  #append(point: LoadPoint, step: number): void {
    const chunk = this.#chunkFor(point.at, step);
    chunk.points.push(encodePoint(point, (point.at - chunk.last) / step));
    chunk.last = point.at;
    this.#changed.add(chunk);
  }

  /** A chunk never goes back in time, as the clock of a machine may. */
  #chunkFor(at: number, step: number): Chunk {
    const open = this.#open.get(step);
    if (open !== undefined && at >= open.last && at < open.start + chunkSteps * step) return open;
    const chunk: Chunk = { step, start: at, points: [], last: at };
    this.#open.set(step, chunk);
    return chunk;
  }
}

/** The numbers of no load at all. */
const none = { requests: 0, busyMs: 0, cpuMs: 0, responses: [], latency: [], answeredMs: 0 };
