import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Writable } from "node:stream";
import type { EventSink } from "@appenv-internal/http/event-sink";
import { EventSocket, refuseUpgrade, type Upgrade } from "@appenv-internal/http/event-socket";
import { EventStream } from "@appenv-internal/http/event-stream";

type Headers = Readonly<Record<string, string>>;

/** A request to read something live, whatever transport it asks for. */
export interface LiveRequest {
  readonly request: IncomingMessage;
  /** Ends with the credential of the caller. */
  readonly connection: Writable;
  /** Answers with JSON; undefined if the caller wants events. */
  readonly answer: ((json: unknown, headers: Headers) => void) | undefined;
  /** Begins to send events; undefined if the caller has gone, or cannot be answered. */
  readonly open: (headers: Headers) => Promise<EventSink | undefined>;
  readonly refuse: (status: number, message: string, headers?: Headers) => void;
  /** True once it is answered, or events are sent: it cannot be refused any more. */
  readonly hasBegun: () => boolean;
}

/** A request that is answered over HTTP: with server-sent events if it accepts them. */
export function overHttp(request: IncomingMessage, response: ServerResponse): LiveRequest {
  const wantsEvents = /\btext\/event-stream\b/i.test(request.headers.accept ?? "");
  const send = (status: number, type: string, text: string, headers: OutgoingHttpHeaders): void => {
    response.writeHead(status, { "content-type": type, "cache-control": "no-store", ...headers }).end(`${text}\n`);
  };
  return {
    request,
    connection: response,
    answer: wantsEvents
      ? undefined
      : (json, headers) => send(200, "application/json", JSON.stringify(json), { ...headers, vary: "accept" }),
    open: async (headers) => new EventStream(response, headers),
    refuse: (status, message, headers = {}) => send(status, "text/plain; charset=utf-8", message, headers),
    hasBegun: () => response.headersSent,
  };
}

const codes: Readonly<Record<number, string>> = {
  400: "INVALID_OPTION",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "TOO_MANY_REQUESTS",
  503: "DISK_FULL",
};

/** A request that is answered over a WebSocket. */
export function overSocket(upgrade: Upgrade): LiveRequest {
  const { request, socket } = upgrade;
  // Node takes its own listener away before an upgrade.
  socket.on("error", () => {});
  let hasBegun = false;
  return {
    request,
    connection: socket,
    answer: undefined,
    open: () => {
      hasBegun = true;
      return EventSocket.accept(upgrade);
    },
    hasBegun: () => hasBegun,
    refuse: (status, message, headers) => refuseUpgrade(socket, status, codes[status] ?? "INTERNAL", message, headers),
  };
}
