import type { Platform } from "../ipc/channel.ts";
import type { ToReplica } from "../ipc/replica-messages.ts";

type Answer = Extract<ToReplica, { type: "token" }>;

/** How long before its end a token is not used any more, in milliseconds. */
const reserveMs = 30_000;

/** Asks the platform for tokens, and keeps each until shortly before its end. */
export class TokenClient {
  readonly #platform: Platform;
  readonly #asked: Map<number, (answer: Answer) => void> = new Map();
  readonly #kept: Map<string, Promise<Answer>> = new Map();
  #calls = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** A token with which an app may be called; undefined if the platform gives none. */
  async token(app: string): Promise<string | undefined> {
    const kept = await this.#kept.get(app);
    if (kept?.expiresAt !== undefined && kept.expiresAt - reserveMs > Date.now()) return kept.token;
    const asked = this.#ask(app);
    this.#kept.set(app, asked);
    return (await asked).token;
  }

  receive(answer: Answer): void {
    this.#asked.get(answer.call)?.(answer);
    this.#asked.delete(answer.call);
  }

  #ask(app: string): Promise<Answer> {
    const call = (this.#calls += 1);
    return new Promise((resolve) => {
      this.#asked.set(call, resolve);
      void this.#platform.send({ type: "token-request", call, app });
    });
  }
}
