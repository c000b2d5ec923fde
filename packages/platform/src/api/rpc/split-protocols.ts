import type { Server } from "node:http";
import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { unexpected } from "@appenv/core/internal";

/** A session with no open stream is ended after this time, in milliseconds; clients open another when they need one. */
const idleMs = 600_000;

/** Open connections of a server other than those of HTTP/1.1. */
export interface OtherConnections {
  readonly sessions: ReadonlySet<ServerHttp2Session>;
  /** Connections whose protocol is not known yet. */
  readonly silent: ReadonlySet<Socket>;
}

/**
 * Looks at the first bytes of each connection: HTTP/2 with prior knowledge begins with `PRI`, which is no method of
 * HTTP/1.1. The connection is then given to that protocol's own server, as if nothing had been read.
 *
 * @param silenceMs - A connection that has sent nothing after this time is cut, in milliseconds.
 */
export function splitProtocols(server: Server, silenceMs: number): OtherConnections {
  const http1 = server.listeners("connection") as ((socket: Socket) => void)[];
  const sessions = new Set<ServerHttp2Session>();
  const silent = new Set<Socket>();
  let http2: Promise<Http2Server> | undefined;
  const takeHttp2 = (socket: Socket): void => {
    // A server of HTTP/1.1 lets its connections stay open after the client's end. In HTTP/2 nobody would ever close them.
    socket.allowHalfOpen = false;
    http2 ??= createHttp2(server, sessions);
    http2
      .then((other) => other.emit("connection", socket))
      .catch((error: unknown) => {
        unexpected("A connection of HTTP/2 could not be taken", error);
        socket.destroy();
      });
  };
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
    awaitFirstBytes(socket, silenceMs, (isHttp2) => {
      silent.delete(socket);
      if (isHttp2) return takeHttp2(socket);
      for (const listener of http1) listener.call(server, socket);
      socket.resume();
    });
  });
  return { sessions, silent };
}

/** Calls `onKnown` when the protocol of a connection is known. Its first bytes are put back. */
function awaitFirstBytes(socket: Socket, silenceMs: number, onKnown: (isHttp2: boolean) => void): void {
  const drop = (): void => void socket.destroy();
  // A connection that breaks before it has sent anything concerns nobody.
  socket.on("error", drop).on("end", drop);
  socket.setTimeout(silenceMs, drop);
  socket.once("data", (chunk: Buffer) => {
    socket.pause();
    socket.off("error", drop).off("end", drop).off("timeout", drop);
    socket.setTimeout(0);
    socket.unshift(chunk);
    onKnown(chunk.subarray(0, 3).toString("latin1") === "PRI");
  });
}

/** HTTP/2 is loaded when the first client speaks it. */
async function createHttp2(server: Server, sessions: Set<ServerHttp2Session>): Promise<Http2Server> {
  const { createServer: create } = await import("node:http2");
  const http2 = create((request, response) => server.emit("request", request, response));
  http2.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    endIdleSession(session);
  });
  // A session that breaks is its client's affair.
  http2.on("sessionError", () => {});
  return http2;
}

/** Ends a session in which no stream was open for long. A stream may be silent as long as it likes. */
function endIdleSession(session: ServerHttp2Session): void {
  let streams = 0;
  let timer: NodeJS.Timeout | undefined;
  const rest = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => session.close(), idleMs).unref();
  };
  session.on("stream", (stream) => {
    clearTimeout(timer);
    streams += 1;
    stream.once("close", () => {
      streams -= 1;
      if (streams === 0 && !session.closed) rest();
    });
  });
  session.once("close", () => clearTimeout(timer));
  rest();
}
