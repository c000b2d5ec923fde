import type { IncomingMessage } from "node:http";
import { isLoopback } from "../rpc/address.ts";
import { clientAddress } from "./client-address.ts";

/** Maximum wrong keys in the headers of requests from one address, ... */
const attempts = 10;
/** ... in this time, in milliseconds. */
const spanMs = 60_000;
/** Maximum addresses with wrong keys, and maximum right keys by address, that are remembered; the oldest are forgotten. */
const most = 10_000;

/**
 * Limits guesses of keys and tokens in the header `Authorization`. Beyond the limit an address gets no answer to another key, right or
 * wrong, but those that it has used before: what works goes on. From this machine itself right keys always count, so that a
 * program with an old token keeps out nobody else.
 */
export class KeyLimit {
  readonly #behindProxy: boolean;
  readonly #now: () => number;
  readonly #wrong: Map<string, { count: number; since: number }> = new Map();
  readonly #right: Set<string> = new Set();

  constructor(behindProxy: boolean, now: () => number = Date.now) {
    this.#behindProxy = behindProxy;
    this.#now = now;
  }

  /** Counts a wrong key. The answer is the time until another one is looked at, in whole seconds; 0 if this one was. */
  wrong(request: IncomingMessage): number {
    const address = clientAddress(request, this.#behindProxy);
    const wait = this.#wait(address);
    if (wait > 0) return wait;
    const { count, since } = this.#current(address) ?? { count: 0, since: this.#now() };
    this.#wrong.set(address, { count: count + 1, since });
    forgetOldest(this.#wrong);
    return 0;
  }

  /** Tells whether a right key counts, by its hash: 0, or the time until it is looked at, in whole seconds. */
  right(request: IncomingMessage, hash: string): number {
    const address = clientAddress(request, this.#behindProxy);
    const pair = `${address} ${hash}`;
    const isOwn = !this.#behindProxy && isLoopback(request.socket.remoteAddress ?? "");
    const wait = isOwn || this.#right.has(pair) ? 0 : this.#wait(address);
    if (wait === 0) {
      this.#right.add(pair);
      forgetOldest(this.#right);
    }
    return wait;
  }

  #wait(address: string): number {
    const current = this.#current(address);
    if (current === undefined || current.count < attempts) return 0;
    return Math.max(1, Math.ceil((current.since + spanMs - this.#now()) / 1_000));
  }

  #current(address: string): { readonly count: number; readonly since: number } | undefined {
    const known = this.#wrong.get(address);
    if (known === undefined || this.#now() - known.since < spanMs) return known;
    this.#wrong.delete(address);
    return undefined;
  }
}

function forgetOldest(of: Map<string, unknown> | Set<string>): void {
  const [oldest] = of.keys();
  if (of.size > most && oldest !== undefined) of.delete(oldest);
}
