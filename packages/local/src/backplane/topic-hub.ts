import { TopicLog } from "@appenv/core";
import type { BackplaneAnswer, BackplaneRequest } from "@appenv/runtime";

/** Someone who can be told something: a replica. */
export interface Subscriber {
  send(message: BackplaneAnswer): void;
}

/** How many topics without a subscriber keep their messages; the ones that were used longest ago are forgotten. */
const mostIdleTopics = 1_000;

interface Topic {
  readonly log: TopicLog;
  readonly subscribers: Set<Subscriber>;
}

/**
 * The backplane between the replicas of one app. It outlives them: what a room said before a rollout is still there
 * for those who come back after it.
 */
export class TopicHub {
  readonly #epoch: number = Date.now();
  readonly #topics: Map<string, Topic> = new Map();

  /** Does what a replica asks. */
  handle(from: Subscriber, request: BackplaneRequest): void {
    const topic = this.#topic(request.topic);
    switch (request.type) {
      case "publish": {
        const message = topic.log.add(request.payload, request.keep);
        from.send({ type: "published", call: request.call, position: message.position });
        for (const subscriber of topic.subscribers)
          subscriber.send({ type: "delivered", topic: request.topic, message });
        break;
      }
      case "subscribe":
        topic.subscribers.add(from);
        from.send({ type: "subscribed", call: request.call });
        break;
      case "unsubscribe":
        topic.subscribers.delete(from);
        break;
      case "history":
        from.send({ type: "kept", call: request.call, history: topic.log.history(request.after) });
    }
  }

  /** Ends all subscriptions of a replica that is gone. */
  leave(subscriber: Subscriber): void {
    for (const { subscribers } of this.#topics.values()) subscribers.delete(subscriber);
  }

  /** The topic of a name, from now on the one that was used last. */
  #topic(name: string): Topic {
    const topic = this.#topics.get(name) ?? { log: new TopicLog(this.#epoch), subscribers: new Set() };
    this.#topics.delete(name);
    this.#topics.set(name, topic);
    if (this.#topics.size > mostIdleTopics) this.#forgetOne();
    return topic;
  }

  #forgetOne(): void {
    for (const [name, { subscribers }] of this.#topics) {
      if (subscribers.size > 0) continue;
      this.#topics.delete(name);
      return;
    }
  }
}
