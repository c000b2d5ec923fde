import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { unexpected } from "../unexpected.ts";
import { endpointOf } from "./address.ts";
import { listenError } from "./listen-error.ts";
import { splitProtocols, type OtherConnections } from "./split-protocols.ts";

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
  // A peer that is gone without a word is found out by the system.
  const options = { keepAliveTimeout: silenceMs, keepAlive: true, keepAliveInitialDelay: silenceMs };
  const server = createServer(options, (request, response) => {
    answer
      .then((listener) => listener(request, response))
      .catch((error: unknown) => {
        unexpected(`A request to the API failed (${request.method} ${request.url?.split("?")[0]})`, error);
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    // Without this a connection that ends its last answer now would stay open, idle.
    response.once("close", () => closing && setImmediate(() => server.closeIdleConnections()));
  });
  const others = splitProtocols(server, silenceMs);
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    throw await listenError(error, host, port);
  }
  server.on("error", (error) => unexpected("The API could not accept a connection", error));
  return {
    endpoint: endpointOf(host, (server.address() as AddressInfo).port),
    answerWith,
    close: () => (closing ??= closeServer(server, others)),
  };
}

async function closeServer(server: Server, others: OtherConnections): Promise<void> {
  const closed = once(server, "close");
  server.close();
  for (const session of others.sessions) session.close();
  for (const socket of others.silent) socket.destroy();
  const cut = setTimeout(() => {
    server.closeAllConnections();
    for (const session of others.sessions) session.destroy();
  }, closingMs);
  server.closeIdleConnections();
  await closed;
  clearTimeout(cut);
}
