import type { WebSocket } from "ws";

/** How many messages wait for the handler before the client is not read any more. */
const most = 64;

/** What came in and was not looked at yet. A handler that is slower than its client slows the client down. */
export class Inbox<T> {
  readonly #ws: WebSocket;
  readonly #waiting: T[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(ws: WebSocket) {
    this.#ws = ws;
  }

  /** Whether the client is not read at the moment. */
  get paused(): boolean {
    return this.#ws.isPaused;
  }

  add(message: T): void {
    this.#waiting.push(message);
    if (this.#waiting.length >= most) this.#ws.pause();
    this.#wake?.();
  }

  /** Nothing comes any more. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** The messages until the connection closes. */
  async *messages(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (this.#waiting.length > 0) {
        const message = this.#waiting.shift() as T;
        if (this.#ws.isPaused && this.#waiting.length < most / 2) this.#ws.resume();
        yield message;
      }
      if (this.#ended) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
  }
}
