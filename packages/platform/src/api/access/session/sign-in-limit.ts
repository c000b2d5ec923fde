import type { IncomingMessage } from "node:http";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { clientAddress } from "../client-address.ts";

/** Maximum wrong keys from one address, ... */
const attempts = 10;
/** ... in this time, in seconds. */
const seconds = 60;

/** Counts attempts to sign in with a wrong key, by address. */
export class SignInLimit {
  readonly #limiter: RateLimiterMemory = new RateLimiterMemory({ points: attempts, duration: seconds });
  readonly #behindProxy: boolean;

  /** @param behindProxy - True if a proxy of this machine says whose the requests are. */
  constructor(behindProxy: boolean) {
    this.#behindProxy = behindProxy;
  }

  /** Counts an attempt. The answer is the time until the next one is taken, in whole seconds; 0 if this one is. */
  async count(request: IncomingMessage): Promise<number> {
    try {
      await this.#limiter.consume(clientAddress(request, this.#behindProxy));
      return 0;
    } catch (error) {
      if (error instanceof RateLimiterRes) return Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
      throw error;
    }
  }

  /** Takes back the attempt of a request with a right key. */
  async forgive(request: IncomingMessage): Promise<void> {
    await this.#limiter.reward(clientAddress(request, this.#behindProxy));
  }
}
