import type { BackplaneMessage } from "@appenv/core";
import { Listeners } from "@appenv/core/internal";

type Listener = (message: BackplaneMessage) => void;

/** A listener that was added to a topic. */
export interface Subscription {
  /** True if the topic had no other listener. */
  readonly isFirst: boolean;
  /** Removes the listener. True if it was the topic's last one. */
  remove(): boolean;
}

/** The listeners of this process, by topic. One that throws keeps the message from nobody else. */
export class TopicSubscribers {
  readonly #byTopic: Map<string, Listeners<BackplaneMessage>> = new Map();

  /** True if the topic has a listener. */
  has(topic: string): boolean {
    return this.#byTopic.has(topic);
  }

  add(topic: string, listener: Listener): Subscription {
    const known = this.#byTopic.get(topic);
    const listeners = known ?? new Listeners<BackplaneMessage>(`the topic ${topic}`);
    this.#byTopic.set(topic, listeners);
    const removeListener = listeners.add(listener);
    return {
      isFirst: known === undefined,
      remove: () => {
        removeListener();
        if (listeners.size > 0 || this.#byTopic.get(topic) !== listeners) return false;
        return this.#byTopic.delete(topic);
      },
    };
  }

  /** Calls the listeners that the topic has now. Never throws. */
  tell(topic: string, message: BackplaneMessage): void {
    this.#byTopic.get(topic)?.tell(message);
  }
}
