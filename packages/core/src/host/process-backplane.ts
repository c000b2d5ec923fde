import type {
  Backplane,
  BackplaneHistory,
  BackplaneMessage,
  Position,
  PublishOptions,
  Unsubscribe,
} from "./backplane.ts";
import { tellListeners } from "./tell-listeners.ts";
import { TopicLogs } from "./topic-logs.ts";

type Listener = (message: BackplaneMessage) => void;

/** The backplane of an app that is one process: what is published reaches the process itself. */
export class ProcessBackplane implements Backplane {
  readonly name: string = "process";
  readonly connected: boolean = true;
  readonly #listeners: Map<string, Set<Listener>> = new Map();
  readonly #logs: TopicLogs = new TopicLogs((topic) => this.#listeners.has(topic));

  publish(topic: string, payload: Uint8Array, { keep = 0 }: PublishOptions = {}): Promise<Position> {
    const message = this.#logs.get(topic).add(payload, keep);
    // Delivered in a turn of its own, as by every other backplane: never inside the call that publishes.
    queueMicrotask(() => tellListeners(this.#listeners.get(topic) ?? [], message, `a subscriber of ${topic}`));
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
    return Promise.resolve(this.#logs.get(topic).history(after));
  }
}
