import type {
  Backplane,
  BackplaneHistory,
  BackplaneMessage,
  Position,
  PublishOptions,
  Unsubscribe,
} from "./backplane.ts";
import { TopicLog } from "./topic-log.ts";

type Listener = (message: BackplaneMessage) => void;

/** The backplane of an app that is one process: what is published reaches the process itself. */
export class ProcessBackplane implements Backplane {
  readonly name: string = "process";
  readonly connected: boolean = true;
  readonly #epoch: number = Date.now();
  readonly #logs: Map<string, TopicLog> = new Map();
  readonly #listeners: Map<string, Set<Listener>> = new Map();

  publish(topic: string, payload: Uint8Array, { keep = 0 }: PublishOptions = {}): Promise<Position> {
    const message = this.#log(topic).add(payload, keep);
    // Delivered in a turn of its own, as by every other backplane: never inside the call that publishes.
    queueMicrotask(() => {
      for (const listener of this.#listeners.get(topic) ?? []) listener(message);
    });
    return Promise.resolve(message.position);
  }

  subscribe(topic: string, listener: Listener): Promise<Unsubscribe> {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return Promise.resolve(() => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(topic);
      return Promise.resolve();
    });
  }

  history(topic: string, after?: Position): Promise<BackplaneHistory> {
    return Promise.resolve(this.#log(topic).history(after));
  }

  #log(topic: string): TopicLog {
    const log = this.#logs.get(topic) ?? new TopicLog(this.#epoch);
    this.#logs.set(topic, log);
    return log;
  }
}
