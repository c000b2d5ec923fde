import type {
  Backplane,
  BackplaneHistory,
  BackplaneMessage,
  Position,
  PublishOptions,
  Unsubscribe,
} from "@appenv/core";
import { TopicLogs } from "./topic-logs.ts";
import { TopicSubscribers } from "./topic-subscribers.ts";

/** The backplane of an app that is one process: its messages reach that process. */
export class ProcessBackplane implements Backplane {
  readonly name: string = "process";
  readonly connected: boolean = true;
  readonly #subscribers: TopicSubscribers = new TopicSubscribers();
  readonly #logs: TopicLogs = new TopicLogs((topic) => this.#subscribers.has(topic));

  publish(topic: string, payload: Uint8Array, { keep = 0 }: PublishOptions = {}): Promise<Position> {
    const message = this.#logs.get(topic).add(payload, keep);
    // Delivered in a turn of its own, as by every other backplane: never inside the call that publishes.
    queueMicrotask(() => this.#subscribers.tell(topic, message));
    return Promise.resolve(message.position);
  }

  subscribe(topic: string, listener: (message: BackplaneMessage) => void): Promise<Unsubscribe> {
    const subscription = this.#subscribers.add(topic, listener);
    return Promise.resolve(async () => void subscription.remove());
  }

  history(topic: string, after?: Position): Promise<BackplaneHistory> {
    return Promise.resolve(this.#logs.get(topic).history(after));
  }
}
