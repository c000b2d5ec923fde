import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { beatMs, drained, type EventsEnd, type EventSink, type ServerEvent } from "./event-sink.ts";
import { endWithProblem, problem, type ProblemHeaders } from "./problem.ts";

/** Close codes of RFC 6455; 3000, Unauthorized, is registered for what HTTP calls 401. */
const closeCodes: Readonly<Record<EventsEnd, number>> = { done: 1000, restart: 1012, unauthorized: 3000, failed: 1011 };

const closeReasons: Readonly<Record<EventsEnd, string>> = {
  done: "",
  restart: "restarting",
  unauthorized: "the credential has ended",
  failed: "the server failed",
};

/** Maximum size of a message of the reader, who has nothing to say, in bytes. */
const mostReceived = 4_096;
/** A reader that gives no sign of life and takes nothing for this many beats is cut. */
const mostSilentBeats = 4;

/** An upgraded connection. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Tells whether a request asks for a WebSocket. */
export function asksForSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

/** Refuses an upgrade with an HTTP answer, and ends the connection. */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  code: string,
  detail: string,
  headers: ProblemHeaders = {},
): void {
  endWithProblem(socket, problem(status, code, detail), headers);
}

/**
 * A WebSocket that sends events, no faster than its reader takes them: each as a JSON object, the event's data with its
 * name as `type` (`value` if it has none) and its id as `offset`. Messages of the reader are dropped.
 */
export class EventSocket implements EventSink {
  readonly gone: AbortSignal;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #beat: NodeJS.Timeout;
  #silentBeats = 0;

  /** Accepts an upgrade; undefined if it was no proper handshake, which is refused, or the reader has gone. @param everyMs - Interval of pings. */
  static async accept({ request, socket, head }: Upgrade, everyMs: number = beatMs): Promise<EventSocket | undefined> {
    // Whoever sends no events over WebSockets does not load this.
    const { WebSocketServer } = await import("ws");
    if (socket.destroyed) return undefined;
    const options = { noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: mostReceived };
    const server = new WebSocketServer(options);
    server.on("wsClientError", (error) => refuseUpgrade(socket, 400, "BAD_UPGRADE", `${error.message}.`));
    let accepted: WebSocket | undefined;
    server.handleUpgrade(request, socket, head, (ws) => {
      accepted = ws;
    });
    return accepted && new EventSocket(accepted, socket, everyMs);
  }

  private constructor(ws: WebSocket, socket: Duplex, everyMs: number) {
    const gone = new AbortController();
    this.gone = gone.signal;
    this.#ws = ws;
    this.#socket = socket;
    const isAlive = (): void => {
      this.#silentBeats = 0;
    };
    ws.on("pong", isAlive).on("message", isAlive);
    socket.on("drain", isAlive);
    // A reader that breaks off is its own affair.
    ws.on("error", () => {});
    ws.once("close", () => {
      clearInterval(this.#beat);
      gone.abort();
    });
    this.#beat = setInterval(() => this.#tick(), everyMs).unref();
  }

  async send(event: ServerEvent): Promise<void> {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    this.#ws.send(messageOf(event));
    if (this.#socket.writableNeedDrain) await drained(this.#socket);
  }

  end(reason: EventsEnd): void {
    this.#ws.close(closeCodes[reason], closeReasons[reason]);
  }

  #tick(): void {
    if (this.#silentBeats >= mostSilentBeats) return this.#ws.terminate();
    this.#silentBeats += 1;
    if (this.#ws.readyState === this.#ws.OPEN && !this.#socket.writableNeedDrain) this.#ws.ping();
  }
}

/** An event as a message. Its data is an object, and not an empty one. */
function messageOf({ id, event = "value", data }: ServerEvent): string {
  return `{"type":"${event}",${id === undefined ? "" : `"offset":${id},`}${data.slice(1)}`;
}
