import type { Answer } from "../http/answer.ts";

/** How many deliveries are remembered, and how many bytes of their answers. */
const most = { deliveries: 10_000, bytes: 8 * 2 ** 20 };

/**
 * The answers to the last deliveries: one that comes again is answered as before, without calling the handler. It is of
 * this replica alone; what must not happen twice at all is a run.
 */
export class Deliveries {
  readonly #answers: Map<string, Promise<Answer>> = new Map();
  #bytes = 0;

  /** The answer to a delivery, made by the first who asks. One that failed is forgotten, for it will be sent again. */
  once(id: string, answer: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(id);
    if (known !== undefined) return known;
    const made = answer();
    this.#answers.set(id, made);
    void this.#follow(id, made);
    return made;
  }

  async #follow(id: string, made: Promise<Answer>): Promise<void> {
    const answer = await made.catch(() => undefined);
    if (answer === undefined || answer.status >= 400) this.#answers.delete(id);
    else this.#count(answer.body.byteLength);
  }

  /** Forgets the oldest. */
  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > most.bytes) {
      this.#answers.clear();
      this.#bytes = 0;
    }
    for (const id of this.#answers.keys()) {
      if (this.#answers.size <= most.deliveries) return;
      this.#answers.delete(id);
    }
  }
}
