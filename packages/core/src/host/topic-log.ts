import { comparePositions, type BackplaneHistory, type BackplaneMessage, type Position } from "./backplane.ts";

/** However many messages a topic is to keep, no more than this many bytes of them. */
const mostBytes = 4 * 2 ** 20;

/** The messages of one topic: gives each its position and keeps the newest. */
export class TopicLog {
  readonly #epoch: number;
  #sequence = 0;
  #kept: BackplaneMessage[] = [];
  #bytes = 0;

  /** @param epoch - Tells the positions of this log from those of one before a restart; milliseconds since 1970. */
  constructor(epoch: number) {
    this.#epoch = epoch;
  }

  add(payload: Uint8Array, keep: number): BackplaneMessage {
    this.#sequence += 1;
    const message = { position: `${this.#epoch}-${this.#sequence}`, payload };
    if (keep > 0) this.#keep(message, keep);
    return message;
  }

  /** What is kept after a position. */
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
