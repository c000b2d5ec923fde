import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { endpointOf } from "./address.ts";
import { listenError } from "./listen-error.ts";

/** The platform's one HTTP server. It listens before it knows its answers: what arrives meanwhile waits. */
export interface ApiServer {
  /** Its URL, for example `http://localhost:7070`. */
  readonly endpoint: string;
  /** Answers requests from now on, those that wait included. */
  answerWith(listener: RequestListener): void;
  /** Stops accepting, and cuts what is still open after a second. May be called twice. */
  close(): Promise<void>;
}

/** How long answers may take to end when the server closes, in milliseconds. */
const closingMs = 1_000;

/** A connection that sends nothing for this long is cut, in milliseconds. */
const silenceMs = 60_000;

/**
 * Listens with HTTP/1.1 and HTTP/2 (without TLS, for gRPC clients) on one port.
 *
 * @throws AppEnvError PORT_IN_USE, INVALID_OPTION.
 */
export async function listenApi(host: string, port: number): Promise<ApiServer> {
  const { promise: answer, resolve: answerWith } = Promise.withResolvers<RequestListener>();
  let closing: Promise<void> | undefined;
  const server = createServer({ keepAliveTimeout: silenceMs }, (request, response) => {
    void answer.then((listener) => listener(request, response));
    // Without this a connection that ends its last answer now would stay open, idle.
    response.once("close", () => closing && setImmediate(() => server.closeIdleConnections()));
  });
  const http2 = splitProtocols(server);
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    throw await listenError(error, host, port);
  }
  return {
    endpoint: endpointOf(host, (server.address() as AddressInfo).port),
    answerWith,
    close: () => (closing ??= closeServer(server, http2)),
  };
}

async function closeServer(server: Server, http2: Http2Side): Promise<void> {
  const closed = once(server, "close");
  server.close();
  for (const session of http2.sessions) session.close();
  for (const socket of http2.silent) socket.destroy();
  const cut = setTimeout(() => {
    server.closeAllConnections();
    for (const session of http2.sessions) session.destroy();
  }, closingMs);
  server.closeIdleConnections();
  await closed;
  clearTimeout(cut);
}

/** What the server has open beside its connections of HTTP/1.1. */
interface Http2Side {
  readonly sessions: ReadonlySet<ServerHttp2Session>;
  /** Connections that have not shown what they speak. */
  readonly silent: ReadonlySet<Socket>;
}

/**
 * Looks at the first bytes of each connection: HTTP/2 with prior knowledge begins with `PRI`, which is no method of
 * HTTP/1.1. The connection is then given to that protocol's own server, as if nothing had been read.
 */
function splitProtocols(server: Server): Http2Side {
  const http1 = server.listeners("connection") as ((socket: Socket) => void)[];
  const sessions = new Set<ServerHttp2Session>();
  const silent = new Set<Socket>();
  let http2: Promise<Http2Server> | undefined;
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
    socket.on("error", ignore);
    socket.setTimeout(silenceMs, () => socket.destroy());
    socket.once("data", (chunk: Buffer) => {
      silent.delete(socket);
      handBack(socket, chunk);
      if (chunk.subarray(0, 3).toString("latin1") === "PRI") {
        http2 ??= createHttp2(server, sessions);
        void http2.then((other) => other.emit("connection", socket));
        return;
      }
      for (const listener of http1) listener.call(server, socket);
      socket.resume();
    });
  });
  return { sessions, silent };
}

/** Makes a socket what it was before its first bytes were read. */
function handBack(socket: Socket, chunk: Buffer): void {
  socket.pause();
  socket.off("error", ignore);
  socket.removeAllListeners("timeout");
  socket.setTimeout(0);
  socket.unshift(chunk);
}

/** HTTP/2 is loaded when the first client speaks it. */
async function createHttp2(server: Server, sessions: Set<ServerHttp2Session>): Promise<Http2Server> {
  const { createServer: create } = await import("node:http2");
  const http2 = create((request, response) => server.emit("request", request, response));
  http2.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  // A session that breaks is its client's affair.
  http2.on("sessionError", ignore);
  return http2;
}

/** A connection that breaks before it has sent anything concerns nobody. */
function ignore(): void {}
