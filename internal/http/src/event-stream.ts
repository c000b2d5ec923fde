import type { ServerResponse } from "node:http";

/** A server-sent event. */
export interface ServerEvent {
  /** Browsers send the last one in `Last-Event-ID` when they come back. */
  readonly id?: number;
  /** Default `message`. */
  readonly event?: string;
  /** One line, for example JSON. */
  readonly data: string;
}

/** Interval of comments while nothing else comes, in milliseconds: proxies take a silent connection for dead. */
const beatMs = 15_000;

/** A response that sends events, no faster than its client reads them. */
export class EventStream {
  /** Aborted when the client has gone, or something else has ended the response. */
  readonly gone: AbortSignal;
  readonly #response: ServerResponse;
  readonly #beat: NodeJS.Timeout;

  /** @param headers - Beside those of an event stream. */
  constructor(response: ServerResponse, headers: Readonly<Record<string, string>> = {}) {
    const gone = new AbortController();
    this.gone = gone.signal;
    this.#response = response;
    response.once("close", () => {
      clearInterval(this.#beat);
      gone.abort();
    });
    // A drain may end the response; the client comes back.
    response.on("error", () => {});
    response.writeHead(200, {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-store",
      "X-Accel-Buffering": "no",
      ...headers,
    });
    response.flushHeaders();
    this.#beat = setInterval(() => {
      if (response.writable && !response.writableNeedDrain) response.write(":\n\n");
    }, beatMs).unref();
  }

  /** Sends an event; resolves when there is room for the next one, or the client has gone. */
  async send({ id, event, data }: ServerEvent): Promise<void> {
    const response = this.#response;
    if (!response.writable) return;
    const lines = [id === undefined ? "" : `id: ${id}\n`, event === undefined ? "" : `event: ${event}\n`];
    if (response.write(`${lines.join("")}data: ${data}\n\n`)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        response.off("drain", done);
        response.off("close", done);
        resolve();
      };
      response.on("drain", done);
      response.on("close", done);
    });
  }

  end(): void {
    clearInterval(this.#beat);
    if (!this.#response.writableEnded) this.#response.end();
  }
}
