import type { Duplex } from "node:stream";
import type { Socket } from "node:net";

const unseen = -1;

/** The open TCP connections. */
export class Connections {
  /** Called whenever one has closed. */
  onClosed: (socket: Socket) => void = () => {};
  // With the bytes read at the last look, which tell whether a request is on its way.
  readonly #open: Map<Socket, number> = new Map();

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Follows a connection until it closes. */
  follow(socket: Socket, closed: () => void): void {
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
