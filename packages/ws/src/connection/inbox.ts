import type { WebSocket } from "ws";

/** Maximum messages that wait for the handler; then the client is not read for a while. */
const most = 64;

/** A message as the handler gets it. */
export interface Taken {
  readonly message: unknown;
}

/** Messages that came in and were not handled yet. A handler that is slower than its client slows the client down. */
export class Inbox {
  readonly #ws: WebSocket;
  readonly #waiting: (Taken | Promise<Taken | undefined>)[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(ws: WebSocket) {
    this.#ws = ws;
  }

  /** True while the client is not read. */
  get paused(): boolean {
    return this.#ws.isPaused;
  }

  /** Adds a message; one that is still being checked keeps its place, unless it turns out to be none. */
  add(taken: Taken | Promise<Taken | undefined>): void {
    this.#waiting.push(taken);
    if (this.#waiting.length >= most) this.#ws.pause();
    this.#wake?.();
  }

  /** Ends the iteration after the messages that are here. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** The messages until the connection closes. */
  async *messages(): AsyncGenerator<unknown, void, undefined> {
    for (;;) {
      while (this.#waiting.length > 0) {
        const next = this.#waiting.shift();
        if (this.#ws.isPaused && this.#waiting.length < most / 2) this.#ws.resume();
        const taken = next instanceof Promise ? await next : next;
        if (taken !== undefined) yield taken.message;
      }
      if (this.#ended) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
  }
}
