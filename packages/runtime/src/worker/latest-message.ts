import type { FromWorker } from "../ipc/worker-messages.ts";

/** The shortest time between two messages about one attempt. */
const pauseMs = 100;

/** Says the latest of messages that replace one another: at once, then no more often than every 100 ms, and the last one in any case. */
export class LatestMessage {
  readonly #say: (message: FromWorker) => void;
  #latest: FromWorker | undefined;
  #pause: NodeJS.Timeout | undefined;

  constructor(say: (message: FromWorker) => void) {
    this.#say = say;
  }

  set(message: FromWorker): void {
    this.#latest = message;
    if (this.#pause !== undefined) return;
    this.#flush();
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#flush();
    }, pauseMs).unref();
  }

  /** Says the last one, if it was not said yet. */
  close(): void {
    clearTimeout(this.#pause);
    this.#flush();
  }

  #flush(): void {
    const latest = this.#latest;
    this.#latest = undefined;
    if (latest !== undefined) this.#say(latest);
  }
}
