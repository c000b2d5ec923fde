/** A door in a handler: the test waits until somebody stands in front of it, and opens it. */
export class Gate {
  readonly #reached: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #opened: PromiseWithResolvers<void> = Promise.withResolvers();

  /** Resolves when a handler has come here. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  /** Called by a handler; resolves when the gate is opened. */
  async pass(): Promise<void> {
    this.#reached.resolve();
    await this.#opened.promise;
  }

  /** Lets all pass, now and later. */
  open(): void {
    this.#opened.resolve();
  }
}
