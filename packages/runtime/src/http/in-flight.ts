import type { IncomingMessage, ServerResponse } from "node:http";
import { Answers } from "./answers.ts";

/** A request from its arrival until its response is finished or aborted. */
export interface OpenRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The time of its arrival, on the clock of `performance.now()`. */
  readonly since: number;
  /** True if it counts as load: health probes and refused requests do not. */
  readonly counted: boolean;
  /** True if another revision answers it. */
  readonly passedOn: boolean;
}

/** Counts open requests and sockets. A request costs two clock readings, a Set entry and a listener. */
export class InFlight {
  /** The open requests, oldest first. */
  readonly openRequests: Set<OpenRequest> = new Set();
  /** The number of upgraded sockets open now. */
  sockets = 0;
  /** Requests and upgrades since the start, without those passed on. */
  requests = 0;
  /** Requests of these that were answered with a status of 500 or above. */
  failures = 0;
  /** The answers to `requests`, upgrades left out. */
  readonly answers: Answers = new Answers();
  #open = 0;
  #busyMs = 0;
  #changedAt: number = performance.now();
  // In Node 22, a response that waits behind another one on its connection emits no "close" when the connection dies.
  readonly #waiting: Map<object, Set<OpenRequest>> = new Map();

  /** The number of requests and sockets open now. */
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
    const opened = { request, response, since: performance.now(), counted, passedOn };
    this.openRequests.add(opened);
    if (counted) {
      if (!passedOn) this.requests += 1;
      this.#change(1, opened.since);
    }
    response.on("close", () => this.#end(opened));
    if (response.socket === null) this.#wait(opened);
  }

  /** Begins an upgraded socket. The returned function ends it. */
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
    for (const each of waiting) this.#end(each);
  }

  #wait(opened: OpenRequest): void {
    const { socket } = opened.request;
    const waiting = this.#waiting.get(socket) ?? new Set();
    this.#waiting.set(socket, waiting.add(opened));
  }

  #end(opened: OpenRequest): void {
    if (!this.openRequests.delete(opened)) return;
    if (this.#waiting.size > 0) this.#waiting.get(opened.request.socket)?.delete(opened);
    if (!opened.counted) return;
    const now = performance.now();
    if (!opened.passedOn) this.#count(opened, now - opened.since);
    this.#change(-1, now);
  }

  #count({ response }: OpenRequest, ms: number): void {
    if (response.statusCode >= 500) this.failures += 1;
    this.answers.count(response, ms);
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
