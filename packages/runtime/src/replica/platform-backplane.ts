import {
  AppEnvError,
  type Backplane,
  type BackplaneHistory,
  type BackplaneMessage,
  type Position,
  type PublishOptions,
  type Unsubscribe,
} from "@appenv/core";
import { TopicSubscribers } from "@appenv/backplane";
import type { Platform } from "../ipc/channel.ts";
import type { BackplaneDelivery } from "../ipc/replica-messages.ts";

/** Time limit for an answer of the platform, in milliseconds. */
const limitMs = 30_000;

/** The backplane of a replica: the platform passes messages on to the app's other replicas, over IPC. */
export class PlatformBackplane implements Backplane {
  readonly name: string = "platform";
  readonly #platform: Pick<Platform, "calls" | "send">;
  readonly #subscribers: TopicSubscribers = new TopicSubscribers();

  constructor(platform: Pick<Platform, "calls" | "send">) {
    this.#platform = platform;
  }

  get connected(): boolean {
    return process.connected ?? false;
  }

  /** @throws AppEnvError UNREACHABLE if the platform does not answer. */
  async publish(topic: string, payload: Uint8Array, { keep = 0 }: PublishOptions = {}): Promise<Position> {
    const { position } = answered(await this.#platform.calls.ask("publish", { topic, payload, keep }, limitMs));
    return position;
  }

  /** @throws AppEnvError UNREACHABLE if the platform does not answer. */
  async subscribe(topic: string, listener: (message: BackplaneMessage) => void): Promise<Unsubscribe> {
    const subscription = this.#subscribers.add(topic, listener);
    if (subscription.isFirst) answered(await this.#platform.calls.ask("subscribe", { topic }, limitMs));
    return async () => {
      if (subscription.remove()) await this.#platform.send({ type: "unsubscribe", topic });
    };
  }

  /** @throws AppEnvError UNREACHABLE if the platform does not answer. */
  async history(topic: string, after?: Position): Promise<BackplaneHistory> {
    const question = { topic, ...(after === undefined ? {} : { after }) };
    return answered(await this.#platform.calls.ask("history", question, limitMs));
  }

  /** Gives a message to the topic's subscribers. */
  receive({ topic, message }: BackplaneDelivery): void {
    this.#subscribers.tell(topic, message);
  }
}

function answered<T>(answer: T | undefined): T {
  if (answer !== undefined) return answer;
  throw new AppEnvError("UNREACHABLE", "The platform does not answer a call of the backplane.", {
    fix: "See whether the platform still runs: `appenv doctor`.",
  });
}
