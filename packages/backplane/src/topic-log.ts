import type { BackplaneHistory, BackplaneMessage, Position } from "@appenv/core";
import { comparePositions } from "@appenv/core/internal";

/** Maximum bytes that a topic keeps, whatever number of messages it was asked to keep. */
const mostBytes = 4 * 2 ** 20;

/** The messages of one topic. Gives each its position and keeps the newest. */
export class TopicLog {
  readonly #epoch: number;
  #sequence = 0;
  #kept: BackplaneMessage[] = [];
  #bytes = 0;

  /** @param epoch - Distinguishes positions of this log from those before a restart; milliseconds since 1970. */
  constructor(epoch: number) {
    this.#epoch = epoch;
  }

  add(payload: Uint8Array, keep: number): BackplaneMessage {
    this.#sequence += 1;
    const message = { position: `${this.#epoch}-${this.#sequence}`, payload };
    if (keep > 0) this.#keep(message, keep);
    return message;
  }

  /** The messages that are kept after a position; without one, all that are kept. */
  history(after: Position | undefined): BackplaneHistory {
    if (after === undefined) return { messages: [...this.#kept], complete: this.#kept.length === this.#sequence };
    const messages = this.#kept.filter(({ position }) => comparePositions(position, after) > 0);
    const [epoch = 0, sequence = 0] = after.split("-").map(Number);
    const missing = this.#sequence - sequence;
    return { messages, complete: epoch === this.#epoch && messages.length === missing };
  }

  #keep(message: BackplaneMessage, keep: number): void {
    this.#kept.push(message);
    this.#bytes += message.payload.length;
    while (this.#kept.length > keep || this.#bytes > mostBytes) {
      this.#bytes -= this.#kept.shift()?.payload.length ?? 0;
    }
  }
}
