/** A delivery to a webhook, as a process tells the platform of it. */
export interface NotedDelivery {
  /** The id that the platform has given a replay; empty: it came from its sender. */
  readonly id: string;
  /** The delivery that is replayed, by its id on the platform; empty: none. */
  readonly replayOf: string;
  /** The time of its arrival, in milliseconds since 1970. */
  readonly at: number;
  /** The time until its answer, in milliseconds. */
  readonly ms: number;
  /** The name of the source. */
  readonly source: string;
  /** The path of the webhook, with its query. */
  readonly path: string;
  /** The sender's id; empty if it was not read. */
  readonly delivery: string;
  /** The type of the event, in the words of its source. */
  readonly type: string;
  readonly verified: boolean;
  /** The reason why it was not verified, or what else was wrong; empty: nothing. */
  readonly reason: string;
  /** The size of the body as it arrived. */
  readonly bytes: number;
  /** The status of the answer. */
  readonly status: number;
  /** The run that it started, the first of several; empty: none. */
  readonly run: string;
  /** Its headers without credentials and signatures; none if it was not verified. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Its body; undefined if it was not verified, or is too large to be kept. */
  readonly body: Uint8Array | undefined;
}

/** The largest body that is kept, in bytes. */
export const largestKeptBody: number = 256 * 1024;

/** Maximum deliveries between two reports; a replica that takes more does not tell of the others. */
const mostWaiting = 500;
/** Maximum bytes of bodies between two reports; the bodies of others are left out. */
const mostBytes = 4 * 1024 * 1024;

/** Deliveries that wait for the next report. */
export class WaitingDeliveries {
  #waiting: NotedDelivery[] = [];
  #bytes = 0;

  /** Keeps a delivery, if there is room. */
  add(delivery: NotedDelivery): void {
    if (this.#waiting.length >= mostWaiting) return;
    const size = delivery.body?.byteLength ?? 0;
    const fits = size <= largestKeptBody && this.#bytes + size <= mostBytes;
    this.#bytes += fits ? size : 0;
    this.#waiting.push(fits ? delivery : { ...delivery, body: undefined });
  }

  /** Gives out all that wait. */
  take(): readonly NotedDelivery[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    return waiting;
  }
}
