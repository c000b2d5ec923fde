/** A list of what has to be undone at the end, the last thing first. */
export class Closers {
  readonly #actions: (() => void | Promise<void> | undefined)[] = [];
  #closing: Promise<void> | undefined;

  /** Adds an action, to be called by `close`. */
  add(action: () => void | Promise<void> | undefined): void {
    this.#actions.push(action);
  }

  /** Undoes everything, also when something of it fails; the first failure is then thrown. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#run();
    return this.#closing;
  }

  async #run(): Promise<void> {
    const failures: unknown[] = [];
    for (const action of this.#actions.toReversed()) {
      try {
        await action();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
