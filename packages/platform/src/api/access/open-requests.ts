import type { Writable } from "node:stream";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Holding } from "./principal.ts";

/** A stream gets this time to send its error, in milliseconds. */
const graceMs = 1_000;

interface OpenRequest {
  readonly by: Holding;
  readonly end: () => void;
}

/** The requests that are being answered, by the credential that admitted them: they end with it. */
export class OpenRequests {
  readonly #open: Set<OpenRequest> = new Set();

  /** Adds a request until it is answered. @param response - Or the connection, of a WebSocket. The signal is aborted when its credential ends. */
  add(response: Writable, by: Holding): AbortSignal {
    const ending = new AbortController();
    const request = { by, end: () => endRequest(response, ending) };
    this.#open.add(request);
    response.once("close", () => this.#open.delete(request));
    return ending.signal;
  }

  /** Ends the requests whose credential is good no more. */
  sweep(isGood: (by: Holding) => boolean): void {
    for (const request of this.#open) {
      if (isGood(request.by)) continue;
      this.#open.delete(request);
      request.end();
    }
  }
}

function endRequest(response: Writable, ending: AbortController): void {
  ending.abort(new ConnectError("The API key was revoked, or the session has ended.", Code.Unauthenticated));
  const timer = setTimeout(() => response.destroy(), graceMs).unref();
  response.once("close", () => clearTimeout(timer));
}
