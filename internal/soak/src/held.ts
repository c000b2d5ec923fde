import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Connections that are held open and say nothing. */
export class Held implements Disposable {
  readonly #port: number;
  readonly #sockets = new Set<Socket>();

  constructor(port: number) {
    this.#port = port;
  }

  /** The number of open ones. */
  get size(): number {
    return this.#sockets.size;
  }

  /** Opens more. Resolves when each of them is open, or was closed by the other end. */
  async open(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#open()));
  }

  /** Closes some of them. */
  close(count: number): void {
    for (const socket of [...this.#sockets].slice(0, count)) socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close(this.#sockets.size);
  }

  async #open(): Promise<void> {
    const socket = connect(this.#port, "127.0.0.1");
    socket.on("error", () => {});
    socket.once("close", () => this.#sockets.delete(socket));
    this.#sockets.add(socket);
    await Promise.race([once(socket, "connect"), once(socket, "close")]);
  }
}
