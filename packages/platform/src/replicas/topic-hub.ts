import { TopicLogs } from "@appenv/backplane";
import type { BackplaneDelivery } from "@appenv/runtime";
import type { ReplicaProcess } from "./replica-process.ts";

/** A replica that may subscribe to topics. */
type Member = Pick<ReplicaProcess, "calls" | "on"> & { send(message: BackplaneDelivery): void };

/**
 * The backplane between the replicas of one app. It outlives them: what a room said before a rollout is still there
 * for clients that come back after it.
 */
export class TopicHub {
  readonly #subscribers: Map<string, Set<Member>> = new Map();
  readonly #logs: TopicLogs = new TopicLogs((topic) => this.#subscribers.has(topic));

  /** Answers the calls of a replica until it ends. */
  join(member: Member): void {
    const { calls } = member;
    calls.answer("publish", ({ topic, payload, keep }) => {
      const message = this.#logs.get(topic).add(payload, keep);
      // After the answer: the publisher knows the position before its own subscribers hear of it.
      queueMicrotask(() => {
        for (const subscriber of this.#subscribers.get(topic) ?? [])
          subscriber.send({ type: "delivered", topic, message });
      });
      return { position: message.position };
    });
    calls.answer("subscribe", ({ topic }) => {
      this.#subscribers.set(topic, (this.#subscribers.get(topic) ?? new Set()).add(member));
      return true;
    });
    calls.answer("history", ({ topic, after }) => this.#logs.get(topic).history(after));
    member.on("message", (message) => {
      if (message.type === "unsubscribe") this.#unsubscribe(message.topic, member);
    });
    member.on("exit", () => {
      for (const topic of this.#subscribers.keys()) this.#unsubscribe(topic, member);
    });
  }

  #unsubscribe(topic: string, member: Member): void {
    const subscribers = this.#subscribers.get(topic);
    subscribers?.delete(member);
    if (subscribers?.size === 0) this.#subscribers.delete(topic);
  }
}
