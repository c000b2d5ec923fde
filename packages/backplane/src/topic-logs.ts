import { TopicLog } from "./topic-log.ts";

/** Maximum topics above which one without subscribers is forgotten, the least recently used first. */
const mostIdle = 1_000;

/** The logs of all topics of an app. */
export class TopicLogs {
  readonly #epoch: number = Date.now();
  readonly #logs: Map<string, TopicLog> = new Map();
  readonly #hasSubscribers: (topic: string) => boolean;

  /** @param hasSubscribers - A topic with subscribers is never forgotten. */
  constructor(hasSubscribers: (topic: string) => boolean) {
    this.#hasSubscribers = hasSubscribers;
  }

  /** The log of a topic, which becomes the most recently used. */
  get(topic: string): TopicLog {
    const log = this.#logs.get(topic) ?? new TopicLog(this.#epoch);
    this.#logs.delete(topic);
    this.#logs.set(topic, log);
    if (this.#logs.size > mostIdle) this.#forgetOne();
    return log;
  }

  #forgetOne(): void {
    for (const topic of this.#logs.keys()) {
      if (this.#hasSubscribers(topic)) continue;
      this.#logs.delete(topic);
      return;
    }
  }
}
