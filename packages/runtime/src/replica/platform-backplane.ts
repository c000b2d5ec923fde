import {
  type Backplane,
  type BackplaneHistory,
  type BackplaneMessage,
  type Position,
  type PublishOptions,
  type Unsubscribe,
} from "@appenv/core";
import { tellListeners } from "@appenv/core/internal";
import type { Platform } from "../ipc/channel.ts";
import type { BackplaneAnswer } from "../ipc/replica-messages.ts";

type Listener = (message: BackplaneMessage) => void;
type Settle = (answer: BackplaneAnswer) => void;

/** The backplane of a replica: the platform passes messages on to the app's other replicas, over IPC. */
export class PlatformBackplane implements Backplane {
  readonly name: string = "platform";
  readonly #platform: Platform;
  readonly #listeners: Map<string, Set<Listener>> = new Map();
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

  async subscribe(topic: string, listener: Listener): Promise<Unsubscribe> {
    const known = this.#listeners.get(topic);
    const listeners = known ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    if (known === undefined) await this.#call({ type: "subscribe", topic });
    return async () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#listeners.get(topic) !== listeners) return;
      this.#listeners.delete(topic);
      await this.#platform.send({ type: "unsubscribe", topic });
    };
  }

  async history(topic: string, after?: Position): Promise<BackplaneHistory> {
    const answer = await this.#call({ type: "history", topic, ...(after === undefined ? {} : { after }) });
    return answer.type === "kept" ? answer.history : { messages: [], complete: false };
  }

  /** Takes what the platform says. */
  receive(answer: BackplaneAnswer): void {
    if (answer.type === "delivered") {
      const { topic, message } = answer;
      return tellListeners(this.#listeners.get(topic) ?? [], message, `a subscriber of ${topic}`);
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
