import type { Platform } from "../ipc/channel.ts";
import type { CallToken } from "../ipc/replica-messages.ts";

/** Time before its end from which a token is not used any more, in milliseconds. */
const reserveMs = 30_000;
const limitMs = 30_000;

/** Asks the platform for tokens, and keeps each until shortly before its end. */
export class TokenClient {
  readonly #calls: Pick<Platform["calls"], "ask">;
  readonly #kept: Map<string, Promise<CallToken | undefined>> = new Map();

  constructor(calls: Pick<Platform["calls"], "ask">) {
    this.#calls = calls;
  }

  /** A token with which an app may be called; undefined if the platform gives none. */
  async token(app: string): Promise<string | undefined> {
    const kept = await this.#kept.get(app);
    if (kept?.expiresAt !== undefined && kept.expiresAt - reserveMs > Date.now()) return kept.token;
    const asked = this.#calls.ask("token", { app }, limitMs);
    this.#kept.set(app, asked);
    return (await asked)?.token;
  }
}
