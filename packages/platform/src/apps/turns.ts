/** Runs the operations on one thing one after another: each begins when the one before it has ended. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does work on a thing when it is its turn, even if the work before it failed. */
  take<T>(thing: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(thing) ?? Promise.resolve()).then(work);
    const ended = turn
      .catch(() => {})
      .finally(() => {
        if (this.#last.get(thing) === ended) this.#last.delete(thing);
      });
    this.#last.set(thing, ended);
    return turn;
  }
}
