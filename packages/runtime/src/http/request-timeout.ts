import type { Exchange, InFlight } from "./traffic/in-flight.ts";
import { endWithProblem, problem } from "./problem.ts";

/**
 * Cuts requests whose response has not started in time. One coarse timer sweeps the open requests, oldest first, so that
 * a request costs no timer of its own; it runs only while something is open.
 */
export class RequestTimeout {
  readonly #inFlight: InFlight;
  readonly #limitMs: number;
  readonly #cut: WeakSet<Exchange> = new WeakSet();
  #timer: NodeJS.Timeout | undefined;

  /** @param limitMs - 0 switches it off. */
  constructor(inFlight: InFlight, limitMs: number) {
    this.#inFlight = inFlight;
    this.#limitMs = limitMs;
  }

  /** To be called with every request. */
  watch(): void {
    if (this.#timer !== undefined || this.#limitMs === 0) return;
    const everyMs = Math.min(1_000, Math.max(20, this.#limitMs / 10));
    this.#timer = setInterval(() => this.#sweep(), everyMs).unref();
  }

  #sweep(): void {
    const latest = performance.now() - this.#limitMs;
    for (const exchange of this.#inFlight.exchanges) {
      if (exchange.since > latest) return;
      this.#check(exchange);
    }
    if (this.#inFlight.exchanges.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #check(exchange: Exchange): void {
    const { request, response } = exchange;
    // Without a socket the response waits behind an earlier one on its connection.
    if (response.headersSent || response.socket === null || this.#cut.has(exchange)) return;
    this.#cut.add(exchange);
    request.resume();
    const detail = `The app did not answer within ${this.#limitMs / 1_000} s.`;
    endWithProblem(response.socket, problem(504, "REQUEST_TIMEOUT", detail));
  }
}
