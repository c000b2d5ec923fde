import type { IncomingMessage, ServerResponse } from "node:http";

/** A request from its arrival until its response is finished or aborted. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** When it arrived, on the clock of `performance.now()`. */
  readonly since: number;
  /** Whether it is load: health probes and refused requests are not. */
  readonly counted: boolean;
  /** Whether another revision answers it. */
  readonly passedOn: boolean;
}

/** Counts what is open. One exchange costs two clock readings, a Set entry and a listener. */
export class InFlight {
  /** Everything open, oldest first. */
  readonly exchanges: Set<Exchange> = new Set();
  /** Upgraded sockets open now. */
  sockets = 0;
  /** Requests and upgrades since the start, without those passed on. */
  requests = 0;
  /** Those of them that were answered with a status of 500 or above. */
  failures = 0;
  #open = 0;
  #busyMs = 0;
  #changedAt: number = performance.now();
  // In Node 22, a response that waits behind another one on its connection emits no "close" when the connection dies.
  readonly #waiting: Map<object, Set<Exchange>> = new Map();

  /** Requests and sockets open now. */
  get open(): number {
    return this.#open;
  }

  /** The integral of `open` over time, in milliseconds. */
  get busyMs(): number {
    this.#advance(performance.now());
    return this.#busyMs;
  }

  /** Begins a request; it ends by itself. */
  begin(request: IncomingMessage, response: ServerResponse, counted: boolean, passedOn: boolean = false): void {
    const exchange = { request, response, since: performance.now(), counted, passedOn };
    this.exchanges.add(exchange);
    if (counted) {
      if (!passedOn) this.requests += 1;
      this.#change(1, exchange.since);
    }
    response.on("close", () => this.#end(exchange));
    if (response.socket === null) this.#wait(exchange);
  }

  /** Begins an upgraded socket; the answer ends it. */
  beginSocket(): () => void {
    this.sockets += 1;
    this.requests += 1;
    this.#change(1, performance.now());
    return () => {
      this.sockets -= 1;
      this.#change(-1, performance.now());
    };
  }

  /** To be called when a connection has closed. */
  connectionClosed(socket: object): void {
    const waiting = this.#waiting.get(socket);
    if (waiting === undefined) return;
    this.#waiting.delete(socket);
    for (const exchange of waiting) this.#end(exchange);
  }

  #wait(exchange: Exchange): void {
    const { socket } = exchange.request;
    const waiting = this.#waiting.get(socket) ?? new Set();
    this.#waiting.set(socket, waiting.add(exchange));
  }

  #end(exchange: Exchange): void {
    if (!this.exchanges.delete(exchange)) return;
    if (this.#waiting.size > 0) this.#waiting.get(exchange.request.socket)?.delete(exchange);
    if (!exchange.counted) return;
    if (exchange.response.statusCode >= 500 && !exchange.passedOn) this.failures += 1;
    this.#change(-1, performance.now());
  }

  #change(by: number, now: number): void {
    this.#advance(now);
    this.#open += by;
  }

  #advance(now: number): void {
    this.#busyMs += this.#open * (now - this.#changedAt);
    this.#changedAt = now;
  }
}
