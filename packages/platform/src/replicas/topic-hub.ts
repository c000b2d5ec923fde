import { TopicLogs } from "@appenv/backplane";
import type { BackplaneAnswer, BackplaneRequest } from "@appenv/runtime";

/** Someone who can be told something: a replica. */
export interface Subscriber {
  send(message: BackplaneAnswer): void;
}

/**
 * The backplane between the replicas of one app. It outlives them: what a room said before a rollout is still there
 * for those who come back after it.
 */
export class TopicHub {
  readonly #subscribers: Map<string, Set<Subscriber>> = new Map();
  readonly #logs: TopicLogs = new TopicLogs((topic) => this.#subscribers.has(topic));

  /** Does what a replica asks. */
  handle(from: Subscriber, request: BackplaneRequest): void {
    const { topic } = request;
    switch (request.type) {
      case "publish": {
        const message = this.#logs.get(topic).add(request.payload, request.keep);
        from.send({ type: "published", call: request.call, position: message.position });
        for (const subscriber of this.#subscribers.get(topic) ?? [])
          subscriber.send({ type: "delivered", topic, message });
        break;
      }
      case "subscribe":
        this.#subscribers.set(topic, (this.#subscribers.get(topic) ?? new Set()).add(from));
        from.send({ type: "subscribed", call: request.call });
        break;
      case "unsubscribe":
        this.#unsubscribe(topic, from);
        break;
      case "history":
        from.send({ type: "kept", call: request.call, history: this.#logs.get(topic).history(request.after) });
    }
  }

  /** Ends all subscriptions of a replica that is gone. */
  leave(subscriber: Subscriber): void {
    for (const topic of this.#subscribers.keys()) this.#unsubscribe(topic, subscriber);
  }

  #unsubscribe(topic: string, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(topic);
    subscribers?.delete(subscriber);
    if (subscribers?.size === 0) this.#subscribers.delete(topic);
  }
}
