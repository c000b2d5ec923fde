import type { Answer } from "../http/answer.ts";

/** Limits of the remembered deliveries. */
export interface DeliveryLimits {
  readonly deliveries: number;
  /** Of ids and answers together. */
  readonly bytes: number;
}

const usual: DeliveryLimits = { deliveries: 10_000, bytes: 8 * 2 ** 20 };

/** A delivery that is being handled, or was. */
interface Known {
  readonly answer: Promise<Answer>;
  /** 0 while it is being handled. */
  bytes: number;
}

/**
 * The answers to the last deliveries: one that comes again is answered as before, without calling the handler. It is of
 * this replica alone; what must not happen twice at all is a run.
 */
export class Deliveries {
  readonly #known: Map<string, Known> = new Map();
  readonly #limits: DeliveryLimits;
  #bytes = 0;

  constructor(limits: DeliveryLimits = usual) {
    this.#limits = limits;
  }

  /** The answer to a delivery, made by the first call. A delivery that failed is forgotten, for it will be sent again. */
  once(id: string, answer: () => Promise<Answer>): Promise<Answer> {
    const known = this.#known.get(id);
    if (known !== undefined) return known.answer;
    const made: Known = { answer: answer(), bytes: 0 };
    this.#known.set(id, made);
    void this.#follow(id, made);
    return made.answer;
  }

  async #follow(id: string, made: Known): Promise<void> {
    const answer = await made.answer.catch(() => undefined);
    if (answer === undefined || answer.status >= 400) {
      this.#known.delete(id);
      return;
    }
    made.bytes = id.length + answer.body.byteLength;
    this.#bytes += made.bytes;
    // It is as old as its answer: a handler that takes long is not forgotten first.
    this.#known.delete(id);
    this.#known.set(id, made);
    this.#forgetOldest();
  }

  /** Keeps deliveries that are being handled, since their handler must not be called twice at once; `concurrency` bounds them. */
  #forgetOldest(): void {
    const { deliveries, bytes } = this.#limits;
    for (const [id, known] of this.#known) {
      if (this.#known.size <= deliveries && this.#bytes <= bytes) return;
      if (known.bytes === 0) continue;
      this.#known.delete(id);
      this.#bytes -= known.bytes;
    }
  }
}
