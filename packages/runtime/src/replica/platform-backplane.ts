import {
  type Backplane,
  type BackplaneHistory,
  type BackplaneMessage,
  type Position,
  type PublishOptions,
  type Unsubscribe,
} from "@appenv/core";
import { TopicSubscribers } from "@appenv/backplane";
import type { Platform } from "../ipc/channel.ts";
import type { BackplaneAnswer } from "../ipc/replica-messages.ts";

type Settle = (answer: BackplaneAnswer) => void;

/** The backplane of a replica: the platform passes messages on to the app's other replicas, over IPC. */
export class PlatformBackplane implements Backplane {
  readonly name: string = "platform";
  readonly #platform: Platform;
  readonly #subscribers: TopicSubscribers = new TopicSubscribers();
  readonly #open: Map<number, Settle> = new Map();
  #calls = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  get connected(): boolean {
    return process.connected ?? false;
  }

  async publish(topic: string, payload: Uint8Array, { keep = 0 }: PublishOptions = {}): Promise<Position> {
    const answer = await this.#call({ type: "publish", topic, payload, keep });
    return answer.type === "published" ? answer.position : "";
  }

  async subscribe(topic: string, listener: (message: BackplaneMessage) => void): Promise<Unsubscribe> {
    const subscription = this.#subscribers.add(topic, listener);
    if (subscription.isFirst) await this.#call({ type: "subscribe", topic });
    return async () => {
      if (subscription.remove()) await this.#platform.send({ type: "unsubscribe", topic });
    };
  }

  async history(topic: string, after?: Position): Promise<BackplaneHistory> {
    const answer = await this.#call({ type: "history", topic, ...(after === undefined ? {} : { after }) });
    return answer.type === "kept" ? answer.history : { messages: [], complete: false };
  }

  /** Takes what the platform says. */
  receive(answer: BackplaneAnswer): void {
    if (answer.type === "delivered") {
      return this.#subscribers.tell(answer.topic, answer.message);
    }
    const settle = this.#open.get(answer.call);
    this.#open.delete(answer.call);
    settle?.(answer);
  }

  #call(request: BackplaneRequestBody): Promise<BackplaneAnswer> {
    const call = (this.#calls += 1);
    return new Promise((resolve) => {
      this.#open.set(call, resolve);
      void this.#platform.send({ ...request, call });
    });
  }
}

type BackplaneRequestBody =
  | { readonly type: "publish"; readonly topic: string; readonly payload: Uint8Array; readonly keep: number }
  | { readonly type: "subscribe"; readonly topic: string }
  | { readonly type: "history"; readonly topic: string; readonly after?: Position };
