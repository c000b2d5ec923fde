import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import type { Frame } from "./frame.ts";

/** The fate of a message for a client that reads too slowly. */
export type SlowConsumer = "drop" | "close" | "coalesce";

/** The limit of what waits for a client. */
export interface WireOptions {
  /** Above this many unsent bytes the client counts as slow. */
  readonly highWaterMark: number;
  readonly slowConsumer: SlowConsumer;
}

const tryAgainLater = 1013;

/**
 * The way out to one client. Frames go straight to the socket, in order with what `ws` itself writes: without
 * compression it writes everything at once too. What waits for a slow client is bounded by the high-water mark and
 * one message.
 */
export class Wire {
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #options: WireOptions;
  /** The newest frame of each slot that found the wire full; only under "coalesce". */
  readonly #latest: Map<string, Waiting> = new Map();
  #ended = false;

  constructor(ws: WebSocket, socket: Duplex, options: WireOptions) {
    this.#ws = ws;
    this.#socket = socket;
    this.#options = options;
    ws.once("close", () => this.#forget());
  }

  /** True while frames are sent. */
  get open(): boolean {
    return !this.#ended && this.#ws.readyState === WebSocket.OPEN;
  }

  /** Sends a frame; of those of one slot only the newest matters. Resolves to true when it is written, else to false. */
  send(frame: Frame, slot: string): Promise<boolean> {
    return new Promise((resolve) => this.push(frame, slot, resolve));
  }

  /** The same for a frame nobody waits for. */
  push(frame: Frame, slot: string, settle?: (written: boolean) => void): void {
    if (!this.open) settle?.(false);
    else if (this.#isFull()) this.#tooSlow(frame, slot, settle);
    else this.#write(frame, settle);
  }

  /** Writes what waits; nothing is sent after it. */
  end(): void {
    if (this.open) for (const [slot] of this.#latest) this.#writeSlot(slot);
    this.#ended = true;
  }

  #isFull(): boolean {
    return this.#socket.writableLength > this.#options.highWaterMark;
  }

  #write(frame: Frame, settle: ((written: boolean) => void) | undefined): void {
    const coalesces = this.#options.slowConsumer === "coalesce";
    if (settle === undefined && !coalesces) this.#socket.write(frame);
    else {
      // Not the event `drain`: it tells of Node's own mark, which is another one.
      this.#socket.write(frame, (error) => {
        settle?.(error === null || error === undefined);
        if (coalesces) this.#writeLatest();
      });
    }
  }

  #tooSlow(frame: Frame, slot: string, settle: ((written: boolean) => void) | undefined): void {
    const { slowConsumer } = this.#options;
    if (slowConsumer === "coalesce") {
      this.#latest.get(slot)?.settle?.(false);
      this.#latest.set(slot, { frame, settle });
      return;
    }
    if (slowConsumer === "close") this.#ws.close(tryAgainLater, "reading too slowly");
    settle?.(false);
  }

  #writeLatest(): void {
    if (this.open) for (const [slot] of this.#latest) if (!this.#isFull()) this.#writeSlot(slot);
  }

  #writeSlot(slot: string): void {
    const waiting = this.#latest.get(slot);
    this.#latest.delete(slot);
    if (waiting !== undefined) this.#write(waiting.frame, waiting.settle);
  }

  #forget(): void {
    for (const { settle } of this.#latest.values()) settle?.(false);
    this.#latest.clear();
  }
}

interface Waiting {
  readonly frame: Frame;
  readonly settle: ((written: boolean) => void) | undefined;
}
