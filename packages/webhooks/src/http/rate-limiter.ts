import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Duration } from "@appenv/core";
import { durationMs, invalidOption, checkOptions, type OptionNames } from "@appenv/core/internal";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { networkOf } from "@appenv-internal/http/network-of";
import { ProblemError } from "./problem.ts";

/** The limit of requests. */
export interface RateLimitOptions {
  /** Maximum requests from one address, and maximum requests with one API key, ... */
  readonly requests: number;
  /** ... in this time. */
  readonly per: Duration;
  /** The sender's address. Default: that of the connection; behind a proxy, read what the proxy tells. An IPv6 address counts as its /64. */
  readonly address?: (request: IncomingMessage) => string;
}

const names: OptionNames<RateLimitOptions> = { requests: true, per: true, address: true };

/** Counts requests by address and by API key, in the memory of this replica. */
export class RateLimiter {
  readonly #limiter: RateLimiterMemory;
  readonly #address: (request: IncomingMessage) => string;

  /** @throws AppEnvError INVALID_OPTION, INVALID_DURATION. */
  constructor(options: RateLimitOptions) {
    checkOptions(options, "rateLimit", names);
    const { requests, per, address = addressOf } = options;
    if (!Number.isSafeInteger(requests) || requests < 1) {
      throw invalidOption("rateLimit.requests", requests, "a whole number above 0");
    }
    const ms = durationMs(per, "rateLimit.per");
    if (ms < 1) throw invalidOption("rateLimit.per", per, "more than 0");
    this.#limiter = new RateLimiterMemory({ points: requests, duration: ms / 1_000 });
    this.#address = address;
  }

  /** Counts a request. @throws ProblemError 429 that says when the next one is taken. */
  async count(request: IncomingMessage): Promise<void> {
    await this.#consume(`address ${networkOf(this.#address(request))}`);
    const key = keyOf(request);
    // Keys are not kept in clear.
    if (key !== undefined) await this.#consume(`key ${createHash("sha256").update(key).digest("base64")}`);
  }

  async #consume(key: string): Promise<void> {
    try {
      await this.#limiter.consume(key);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = String(Math.max(1, Math.ceil(error.msBeforeNext / 1_000)));
      const detail = `There were too many requests; the next one is taken in ${seconds} s.`;
      throw new ProblemError(429, "RATE_LIMITED", detail, { headers: { "Retry-After": seconds } });
    }
  }
}

/** The limiter of an option, if it is given. */
export function rateLimiter(options: RateLimitOptions | undefined): RateLimiter | undefined {
  return options === undefined ? undefined : new RateLimiter(options);
}

function addressOf({ socket: { remoteAddress = "" } }: IncomingMessage): string {
  return remoteAddress;
}

function keyOf({ headers }: IncomingMessage): string | undefined {
  const { authorization, "x-api-key": apiKey } = headers;
  return typeof apiKey === "string" ? apiKey : authorization;
}
