import type { IncomingMessage, Server as HttpServer } from "node:http";
import { createServer as createTcpServer, Socket, type AddressInfo, type Server } from "node:net";
import type { Duplex } from "node:stream";
import { AppEnvError } from "@appenv/core";
import { report } from "../replica/app/report.ts";

/** The source of connections: an address, or a listening TCP handle that another process sent. */
export type AcceptFrom = { readonly port: number; readonly host: string } | { readonly handle: unknown };

/** Time that a client which is still sending has after its answer, in milliseconds. */
const lingerMs = 1_000;
const unseen = -1;

/**
 * The TCP connections of an http.Server. They are accepted apart from it, so that accepting can stop and start again
 * while connections live on.
 */
export class Connections {
  /** Called whenever one has closed. */
  onClosed: (socket: Socket) => void = () => {};
  readonly #server: HttpServer;
  readonly #acceptors: Set<Acceptor> = new Set();
  // With the bytes read at the last look, which tell whether a request is on its way.
  readonly #open: Map<Socket, number> = new Map();

  constructor(server: HttpServer) {
    this.#server = server;
  }

  /** The number of open connections. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Accepts connections. Resolves to the port, 0 for a handle that is not a TCP one.
   *
   * @throws AppEnvError PORT_IN_USE, or START_FAILED for an address that cannot be bound.
   */
  accept(from: AcceptFrom): Promise<number> {
    const acceptor = new Acceptor(this.#server, from);
    this.#acceptors.add(acceptor);
    return acceptor.listening;
  }

  /** Stops accepting: no connection arrives afterwards, and open ones stay. */
  pause(): void {
    for (const acceptor of this.#acceptors) acceptor.close();
    this.#acceptors.clear();
  }

  /** Takes a connection that another process accepted. */
  inject(socket: Socket): void {
    // It may have ended on its way here, and would never be seen to close.
    if (socket.destroyed) return;
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    this.#server.emit("connection", socket);
  }

  /** Follows a connection until it closes. */
  follow(socket: Socket, closed: () => void): void {
    socket.destroySoon = destroyLingering;
    this.#open.set(socket, unseen);
    socket.once("close", () => {
      this.#open.delete(socket);
      closed();
      this.onClosed(socket);
    });
  }

  /**
   * Looks at the connections without a request; `end` closes those on which nothing arrived since the last look.
   * A connection on which half a request has arrived is not idle.
   */
  endIdle(busy: ReadonlySet<Duplex>, end: boolean): void {
    for (const [socket, seen] of this.#open) {
      const read = socket.bytesRead;
      if (end && !busy.has(socket) && seen === read) socket.destroySoon();
      else this.#open.set(socket, read);
    }
  }

  /** Cuts everything. */
  destroyAll(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }
}

/** Accepts connections from one place and gives them to an http.Server. */
class Acceptor {
  readonly listening: Promise<number>;
  readonly #server: Server;
  readonly #stop: () => void;

  constructor(server: HttpServer, from: AcceptFrom) {
    // The options http.Server gives its own sockets.
    this.#server = createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      server.emit("connection", socket),
    );
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.listening = promise;
    this.#stop = () => resolve(0);
    const failed = (error: NodeJS.ErrnoException): void => reject(bindError(error, from));
    this.#server.once("error", failed);
    this.#server.once("listening", () => {
      this.#server.off("error", failed);
      this.#server.on("error", (error) => report("a connection could not be accepted", error));
      resolve(portOf(this.#server));
    });
    this.#server.listen("handle" in from ? from.handle : from);
  }

  close(): void {
    this.#server.close();
    this.#stop();
  }
}

function portOf(acceptor: Server): number {
  const address = acceptor.address();
  return typeof address === "object" && address !== null ? (address as AddressInfo).port : 0;
}

function bindError(error: NodeJS.ErrnoException, from: AcceptFrom): AppEnvError {
  const where = "handle" in from ? "the handle of the platform" : `port ${from.port} of ${from.host}`;
  if (error.code === "EADDRINUSE") {
    return new AppEnvError("PORT_IN_USE", `Another process listens on ${where}.`, { cause: error });
  }
  return new AppEnvError("START_FAILED", `Cannot listen on ${where}: ${error.message}`, { cause: error });
}

/**
 * Lets a client hear an answer that ends its connection while it is still sending its request: closing with unread data
 * makes the kernel reset the connection, and the client may lose the answer. node:http closes at once.
 */
function destroyLingering(this: Socket): void {
  const { parser } = this as unknown as { readonly parser?: { readonly incoming?: IncomingMessage | null } | null };
  if (parser?.incoming?.complete !== false) return void Reflect.apply(Socket.prototype.destroySoon, this, []);
  this.end();
  const timer = setTimeout(() => this.destroy(), lingerMs);
  this.once("end", () => this.destroy()).once("close", () => clearTimeout(timer));
}
