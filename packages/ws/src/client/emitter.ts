/** Listeners by the name of what they listen to. */
export class Emitter<Events> {
  readonly #listeners: Map<keyof Events, Set<(event: never) => void>> = new Map();

  /** Calls the listener for every event of a kind; returns what ends that. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) (listener as (event: Events[Name]) => void)(event);
  }
}
