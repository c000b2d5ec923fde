import type { ActionOutcome } from "../ipc/action-messages.ts";
import type { AttemptStart } from "../ipc/worker-messages.ts";

/** The parts of an attempt that its path ends. */
export interface CancelledPathOptions {
  readonly cancel: (reason: "aborted" | "timed-out", message: string) => void;
  /** The error with which it was cancelled, once it was. */
  readonly reason: () => Error | undefined;
}

/**
 * The path of an attempt that begins cancelled: it is given the results that were recorded before, and is cancelled where
 * the attempt before it was. Of any other attempt it does nothing.
 */
export class CancelledPath {
  readonly #cancelled: AttemptStart["cancelled"];
  readonly #options: CancelledPathOptions;
  readonly #given: Set<string> = new Set();

  constructor(cancelled: AttemptStart["cancelled"], options: CancelledPathOptions) {
    this.#cancelled = cancelled;
    this.#options = options;
  }

  /** To be called when the attempt begins. */
  begin(): void {
    if (this.#cancelled?.afterResults === 0) this.end();
  }

  /** Passes a recorded result on, as long as there are any. */
  async pass(name: string, answer: Promise<ActionOutcome>): Promise<ActionOutcome> {
    const outcome = await answer;
    if (this.#cancelled === undefined) return outcome;
    const isMissing = outcome.type === "missing";
    if (!isMissing) this.#given.add(name);
    if (isMissing || this.#given.size >= this.#cancelled.afterResults) this.end();
    if (isMissing) throw this.#options.reason();
    return outcome;
  }

  /** Cancels the attempt: it has come to where the one before it was cancelled. */
  end(): void {
    if (this.#cancelled !== undefined) this.#options.cancel(this.#cancelled.reason, this.#cancelled.message);
  }
}
