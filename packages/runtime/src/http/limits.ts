import type { IncomingMessage, ServerResponse } from "node:http";
import type { InFlight, OpenRequest } from "./in-flight.ts";
import { endWithProblem, problem } from "./problem.ts";
import { declaredBody } from "./request-head.ts";

/** Answers true if the body of a request is within its limit, and answers the request itself if it is not. */
export function limitBody(request: IncomingMessage, response: ServerResponse, limitBytes: number): boolean {
  const length = declaredBody(request);
  if (length === "unknown") countBody(request, limitBytes, () => tooLarge(request, response, limitBytes));
  else if (length > limitBytes) tooLarge(request, response, limitBytes);
  return length === "unknown" || length <= limitBytes;
}

/** Counts the body of a request while it arrives; above the limit the rest is dropped and `exceeded` called once. */
function countBody(request: IncomingMessage, limitBytes: number, exceeded: () => void): void {
  const push = request.push.bind(request);
  let received = 0;
  let over = false;
  request.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (over) return true;
    if (chunk !== null) received += (chunk as Buffer).length;
    if (received <= limitBytes) return push(chunk, encoding);
    over = true;
    exceeded();
    return true;
  };
}

function tooLarge(request: IncomingMessage, response: ServerResponse, limit: number): void {
  const detail = `The body of a request may have at most ${limit} bytes.`;
  request.resume();
  if (response.headersSent || response.socket === null) request.socket.destroy();
  else endWithProblem(response.socket, problem(413, "BODY_TOO_LARGE", detail));
}

/**
 * Cuts requests whose response has not started in time. One coarse timer sweeps the open requests, oldest first, so that
 * a request costs no timer of its own; it runs only while something is open.
 */
export class RequestTimeout {
  readonly #inFlight: InFlight;
  readonly #limitMs: number;
  readonly #cut: WeakSet<OpenRequest> = new WeakSet();
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
    for (const open of this.#inFlight.openRequests) {
      if (open.since > latest) return;
      this.#check(open);
    }
    if (this.#inFlight.openRequests.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #check(open: OpenRequest): void {
    const { request, response } = open;
    // Without a socket the response waits behind an earlier one on its connection.
    if (response.headersSent || response.socket === null || this.#cut.has(open)) return;
    this.#cut.add(open);
    request.resume();
    const detail = `The app did not answer within ${this.#limitMs / 1_000} s.`;
    endWithProblem(response.socket, problem(504, "REQUEST_TIMEOUT", detail));
  }
}
