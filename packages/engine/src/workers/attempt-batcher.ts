import type { ActionOutcome, AttemptStart, ToWorker } from "@appenv/runtime";
import type { AttemptHandle } from "./attempt-handle.ts";

/** Messages to a worker: attempts and outcomes of one turn of the event loop go together. */
export class AttemptBatcher {
  readonly #send: (message: ToWorker) => void;
  readonly #onSend: (attempt: AttemptHandle) => void;
  #attempts = new Set<AttemptHandle>();
  #outcomes: { call: number; outcome: ActionOutcome }[] = [];
  #open = false;
  #scheduled = false;
  #flushing = false;

  /** @param onSend - Called for each attempt just before it is sent. */
  constructor(send: (message: ToWorker) => void, onSend: (attempt: AttemptHandle) => void) {
    this.#send = send;
    this.#onSend = onSend;
  }

  /** Sends messages from now on; before, they wait. */
  open(): void {
    this.#open = true;
    this.#schedule();
  }

  addAttempt(attempt: AttemptHandle): void {
    this.#attempts.add(attempt);
    this.#schedule();
  }

  /** Takes an attempt back. False if it was sent. */
  takeBack(attempt: AttemptHandle): boolean {
    return this.#attempts.delete(attempt);
  }

  addOutcome(call: number, outcome: ActionOutcome): void {
    this.#outcomes.push({ call, outcome });
    this.#schedule();
  }

  /** Sends what waits. */
  flush(): void {
    if (!this.#open || this.#flushing) return;
    this.#flushing = true;
    try {
      // A listener may cancel the attempt as it starts: then it is taken back.
      for (const attempt of this.#attempts) this.#onSend(attempt);
    } finally {
      this.#flushing = false;
    }
    const [attempts, outcomes] = [[...this.#attempts], this.#outcomes];
    [this.#attempts, this.#outcomes] = [new Set(), []];
    if (attempts.length > 0) this.#send({ type: "attempts", attempts: attempts.map(toStart) });
    if (outcomes.length > 0) this.#send({ type: "outcomes", outcomes });
  }

  #schedule(): void {
    if (this.#scheduled || !this.#open) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.flush();
    });
  }
}

function toStart({ given, id }: AttemptHandle): AttemptStart {
  return { ...given, id };
}
