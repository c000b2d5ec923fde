import type { ServerResponse } from "node:http";
import { beatMs, drained, type EventSink, type ServerEvent } from "./event-sink.ts";

/** A response that sends server-sent events, no faster than its client reads them. */
export class EventStream implements EventSink {
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

  async send({ id, event, data }: ServerEvent): Promise<void> {
    const response = this.#response;
    if (!response.writable) return;
    const lines = [id === undefined ? "" : `id: ${id}\n`, event === undefined ? "" : `event: ${event}\n`];
    if (!response.write(`${lines.join("")}data: ${data}\n\n`)) await drained(response);
  }

  end(): void {
    clearInterval(this.#beat);
    if (!this.#response.writableEnded) this.#response.end();
  }
}
