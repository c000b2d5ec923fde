import type { FromWorker } from "../ipc/worker-messages.ts";

type ProgressMessage = Extract<FromWorker, { type: "progress" }>;

/** The shortest time between two messages about one attempt. */
const pauseMs = 100;

/** Says how far an attempt is: at once, then no more often than every 100 ms, and the last state in any case. */
export class Progress {
  readonly #attempt: number;
  readonly #say: (message: ProgressMessage) => void;
  #latest: ProgressMessage | undefined;
  #pause: NodeJS.Timeout | undefined;

  constructor(attempt: number, say: (message: ProgressMessage) => void) {
    this.#attempt = attempt;
    this.#say = say;
  }

  /** Keeps the latest progress. Numbers that are not finite are ignored. */
  set(done: number, total: number, message: string): void {
    if (!Number.isFinite(done) || !Number.isFinite(total)) return;
    this.#latest = { type: "progress", attempt: this.#attempt, done, total, message: String(message).slice(0, 1_000) };
    if (this.#pause !== undefined) return;
    this.flush();
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.flush();
    }, pauseMs).unref();
  }

  /** Says what was not said yet. */
  flush(): void {
    const latest = this.#latest;
    this.#latest = undefined;
    if (latest !== undefined) this.#say(latest);
  }

  /** The last word. */
  close(): void {
    clearTimeout(this.#pause);
    this.flush();
  }
}
