import { Listeners } from "@appenv/core/internal";

type Listener<Values extends unknown[]> = (...values: Values) => void;

/**
 * Events as those of Node's EventEmitter, with isolated listeners: one that throws keeps nothing from the others, nor
 * from the emitter. There may be any number of them, such as one for each request that waits for an answer.
 */
export class IsolatingEmitter<Events extends Record<keyof Events, unknown[]>> {
  readonly #name: string;
  readonly #events = new Map<keyof Events, Listeners<unknown[]>>();
  readonly #removers = new Map<keyof Events, Map<unknown, () => void>>();

  /** @param name - The emitter's name, for the log. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Calls `listener` at every `event` until `off`. */
  on<E extends keyof Events>(event: E, listener: Listener<Events[E]>): this {
    return this.#add(event, listener, listener);
  }

  /** Calls `listener` at the next `event`, unless `off` comes before. */
  once<E extends keyof Events>(event: E, listener: Listener<Events[E]>): this {
    return this.#add(event, listener, (...values) => {
      this.off(event, listener);
      listener(...values);
    });
  }

  /** Removes a listener. */
  off<E extends keyof Events>(event: E, listener: Listener<Events[E]>): this {
    const removers = this.#removers.get(event);
    removers?.get(listener)?.();
    removers?.delete(listener);
    return this;
  }

  /** The number of listeners of an event. */
  listenerCount(event: keyof Events): number {
    return this.#events.get(event)?.size ?? 0;
  }

  /** Calls the listeners of an event. Never throws. */
  emit<E extends keyof Events>(event: E, ...values: Events[E]): void {
    this.#events.get(event)?.tell(values);
  }

  #add<E extends keyof Events>(event: E, key: unknown, call: Listener<Events[E]>): this {
    const listeners = this.#events.get(event) ?? new Listeners(`'${String(event)}' of ${this.#name}`);
    const removers = this.#removers.get(event) ?? new Map<unknown, () => void>();
    removers.get(key)?.();
    this.#events.set(event, listeners);
    this.#removers.set(
      event,
      removers.set(
        key,
        listeners.add((values) => call(...(values as Events[E]))),
      ),
    );
    return this;
  }
}
