import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { dirname } from "node:path";
import type { Duplex } from "node:stream";
import { asksForSocket } from "@appenv-internal/http/event-socket";
import { responseToOffer } from "@appenv-internal/http/declined-offer";
import { diskError } from "@appenv-internal/state/disk-error";
import { AppEnvError, type UpgradeListener } from "@appenv/core";
import { fetchWithin, unexpected } from "@appenv/core/internal";
import { comesBySocket, type SocketPlace } from "../access/own-socket.ts";
import { endpointOf } from "./address.ts";
import { splitProtocols, type OtherConnections } from "./split-protocols.ts";

/** The answers of the API. */
export interface ApiListeners {
  readonly request: RequestListener;
  /** Answers what asks for a WebSocket; other offers of protocols are declined. */
  readonly upgrade: UpgradeListener;
}

/** A way to the platform's API. It listens before it knows its answers: requests that arrive meanwhile wait. */
export interface ApiServer {
  /** Its URL, for example `http://localhost:7070`; `unix:PATH` of a Unix socket. */
  readonly endpoint: string;
  /** Answers requests from now on, the waiting ones included. */
  answerWith(listeners: ApiListeners): void;
  /** Stops accepting, and cuts what is still open after a second. May be called twice. */
  close(): Promise<void>;
}

/** Time limit for answers to end when the server closes, in milliseconds. */
const closingMs = 1_000;

/** A connection that sends nothing for this long is cut, in milliseconds. */
const silenceMs = 60_000;

/**
 * Listens with HTTP/1.1 and HTTP/2 (without TLS, for gRPC clients) on one port.
 *
 * @throws AppEnvError PORT_IN_USE, INVALID_OPTION.
 */
export async function listenApi(host: string, port: number): Promise<ApiServer> {
  const door = openDoor(() => {});
  try {
    door.server.listen(port, host);
    await once(door.server, "listening");
  } catch (error) {
    throw await listenError(error, host, port);
  }
  return door.serve(endpointOf(host, (door.server.address() as AddressInfo).port));
}

/** Listens on a Unix socket, whose requests are its owner's. @throws AppEnvError STATE_UNWRITABLE. */
export async function listenApiSocket(place: SocketPlace): Promise<ApiServer> {
  const door = openDoor(comesBySocket);
  try {
    door.server.listen(place.path);
    await once(door.server, "listening");
    place.protect();
  } catch (error) {
    door.server.close();
    throw diskError(error, dirname(place.path), `The socket ${place.path} cannot be made`);
  }
  const api = door.serve(`unix:${place.path}`);
  return { ...api, close: () => api.close().finally(() => place.remove()) };
}

/** Several servers with the same answers; the endpoint is the first one's. */
export function joined(servers: readonly [ApiServer, ...ApiServer[]]): ApiServer {
  return {
    endpoint: servers[0].endpoint,
    answerWith: (listeners) => {
      for (const server of servers) server.answerWith(listeners);
    },
    close: async () => void (await Promise.all(servers.map((server) => server.close()))),
  };
}

interface Door {
  readonly server: Server;
  /** Begins to answer under this endpoint, once it listens. */
  serve(endpoint: string): ApiServer;
}

function openDoor(onRequest: (request: IncomingMessage) => void): Door {
  const { promise: answer, resolve: answerWith } = Promise.withResolvers<ApiListeners>();
  let closing: Promise<void> | undefined;
  // A peer that is gone without a word is found out by the system.
  const options = {
    keepAliveTimeout: silenceMs,
    keepAlive: true,
    keepAliveInitialDelay: silenceMs,
    shouldUpgradeCallback: asksForSocket,
  };
  const server = createServer(options, (request, response) => {
    onRequest(request);
    answer
      .then(({ request: listener }) => listener(request, response))
      .catch((error: unknown) => {
        unexpected(`A request to the API failed (${request.method} ${request.url?.split("?")[0]})`, error);
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    // Without this a connection that ends its last answer now would stay open, idle.
    response.once("close", () => closing && setImmediate(() => server.closeIdleConnections()));
  });
  const upgraded = new Set<Duplex>();
  server.on("upgrade", (request, socket, head) => {
    onRequest(request);
    upgraded.add(socket);
    // Node takes its own listener away: a reset before the upgrade is answered would end the process.
    socket.on("error", () => {}).once("close", () => upgraded.delete(socket));
    if (!asksForSocket(request)) return declineOffer(server, request, socket as Socket);
    answer
      .then(({ upgrade }) => upgrade(request, socket, head))
      .catch((error: unknown) => {
        unexpected(`An upgrade of the API failed (${request.url?.split("?")[0]})`, error);
        socket.destroy();
      });
  });
  const others = { ...splitProtocols(server, silenceMs), upgraded };
  return {
    server,
    serve: (endpoint) => {
      server.on("error", (error) => unexpected("The API could not accept a connection", error));
      return { endpoint, answerWith, close: () => (closing ??= closeServer(server, others)) };
    },
  };
}

async function closeServer(
  server: Server,
  others: OtherConnections & { readonly upgraded: ReadonlySet<Duplex> },
): Promise<void> {
  const closed = once(server, "close");
  server.close();
  for (const session of others.sessions) session.close();
  for (const socket of others.silent) socket.destroy();
  const cut = setTimeout(() => {
    server.closeAllConnections();
    for (const session of others.sessions) session.destroy();
    for (const socket of others.upgraded) socket.destroy();
  }, closingMs);
  server.closeIdleConnections();
  await closed;
  clearTimeout(cut);
}

/**
 * Answers what offers another protocol, such as HTTP/2, as a plain request: before 24.9, Node has no `shouldUpgradeCallback`, and
 * reports the offer as an upgrade, whose body it does not read.
 */
function declineOffer(server: Server, request: IncomingMessage, socket: Socket): void {
  const response = responseToOffer(request, socket);
  const { "content-length": length = "0", "transfer-encoding": encoding } = request.headers;
  if (length === "0" && encoding === undefined) return void server.emit("request", request, response);
  response.writeHead(400, { "content-type": "text/plain; charset=utf-8" });
  response.end("This Node.js reads no body with an offer of another protocol: leave the header Upgrade out.\n");
}

/** The reason why the API could not listen, with the holder of the port if that is another platform. */
async function listenError(error: unknown, host: string, port: number): Promise<AppEnvError> {
  const { code } = error as NodeJS.ErrnoException;
  const cause = { cause: error };
  if (code === "EADDRINUSE") {
    return new AppEnvError("PORT_IN_USE", `Port ${port} on ${host} is in use by ${await holderOf(port)}.`, cause);
  }
  if (code === "EACCES") {
    return new AppEnvError("PORT_IN_USE", `Port ${port} on ${host} may not be used by this user.`, {
      ...cause,
      fix: "Choose a port above 1023 with `--port`.",
    });
  }
  return new AppEnvError("INVALID_OPTION", `The platform cannot listen on ${host}: ${String(error)}`, {
    ...cause,
    fix: "Set `host` to an address of this machine, for example 127.0.0.1.",
  });
}

async function holderOf(port: number): Promise<string> {
  try {
    const response = await fetchWithin(`http://localhost:${port}/healthz`, {}, { bytes: 64 * 1024, ms: 5_000 });
    const { platform, home, pid } = (await response.json()) as Record<string, unknown>;
    if (platform === "appenv") return `the platform of ${String(home)} (process ${String(pid)})`;
  } catch {
    // Something that is no platform.
  }
  return "another process";
}
