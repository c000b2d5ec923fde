import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { handleOf, type Duplicate, type TcpHandle } from "./tcp-handle.ts";

/** Takes a connection of which not a byte was read. */
export type ConnectionListener = (socket: Socket) => void;

/**
 * The listening socket of an app, which outlives every replica.
 *
 * The kernel's queue of new connections belongs to the socket, not to a process. So the platform keeps one duplicate
 * that it never polls (`keeper`): it is passed to replicas, which accept for themselves, and it keeps the socket open
 * when the last of them is killed. To accept connections itself the platform polls a second duplicate, and to stop it
 * closes just that one; no connection is refused or reset in between.
 */
export class ListeningSocket {
  readonly port: number;
  readonly #duplicate: Duplicate;
  #keeper: TcpHandle | undefined;
  #acceptor: Server | undefined;
  #onConnection: ConnectionListener;
  #closed = false;

  private constructor(acceptor: Server, duplicate: Duplicate, onConnection: ConnectionListener) {
    this.port = (acceptor.address() as AddressInfo).port;
    this.#acceptor = acceptor;
    this.#duplicate = duplicate;
    this.#onConnection = onConnection;
  }

  /**
   * Listens, and accepts until `release`.
   *
   * @throws The error of `listen`, with code EADDRINUSE or EACCES for example.
   */
  static async bind(
    address: { readonly host: string; readonly port: number },
    duplicate: Duplicate,
    onConnection: ConnectionListener,
  ): Promise<ListeningSocket> {
    const acceptor = createAcceptor((socket) => onConnection(socket));
    acceptor.listen({ ...address, backlog: 1_024 });
    await once(acceptor, "listening");
    return new ListeningSocket(acceptor, duplicate, onConnection);
  }

  /** True if the platform itself accepts connections now. */
  get accepting(): boolean {
    return this.#acceptor !== undefined;
  }

  /** The handle to pass to a replica; undefined once it is closed, and while there is no duplicate to be had. */
  async handle(): Promise<TcpHandle | undefined> {
    if (this.#keeper !== undefined || this.#acceptor === undefined) return this.#keeper;
    const keeper = await this.#duplicate(handleOf(this.#acceptor));
    // Two callers may have asked at once, or the socket may have been closed.
    if (this.#closed || this.#keeper !== undefined) keeper?.close();
    else this.#keeper = keeper;
    return this.#keeper;
  }

  /** Accepts connections in the platform, beside replicas that accept. */
  async accept(): Promise<void> {
    if (this.#acceptor !== undefined || this.#closed) return;
    const keeper = this.#keeper;
    const handle = keeper === undefined ? undefined : await this.#duplicate(keeper);
    if (this.#acceptor !== undefined || this.#closed) return handle?.close();
    this.#listen(handle ?? this.#takeKeeper());
  }

  /** Leaves accepting to the replicas. At least one must have been passed the handle. */
  release(): void {
    if (this.#keeper === undefined) throw new Error("No replica was given the socket.");
    this.#acceptor?.close();
    this.#acceptor = undefined;
  }

  /** Without a duplicate the keeper itself is polled: as after `bind`, the next replica has to wait for another one. */
  #takeKeeper(): TcpHandle | undefined {
    const keeper = this.#keeper;
    this.#keeper = undefined;
    return keeper;
  }

  #listen(handle: TcpHandle | undefined): void {
    if (handle === undefined) return;
    this.#acceptor = createAcceptor((socket) => this.#onConnection(socket));
    this.#acceptor.listen(handle as never);
  }

  /** Closes the platform's handles. The port is free once the replicas have closed theirs. */
  close(): void {
    this.#closed = true;
    this.#acceptor?.close();
    this.#acceptor = undefined;
    this.#keeper?.close();
    this.#keeper = undefined;
  }
}

function createAcceptor(onConnection: ConnectionListener): Server {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, onConnection);
  // Running out of file descriptors, for example: then the system's queue, or Node, closes the connection.
  server.on("error", () => undefined);
  return server;
}
