import type { Socket } from "node:net";
import { refuse } from "../../sockets/refuse.ts";

/** Maximum number of connections that wait for a replica, and how long. */
export interface WaitingLimits {
  readonly connections: number;
  readonly ms: number;
}

/** A connection, with the time at which it was accepted, in milliseconds since 1970. */
export interface WaitingConnection {
  readonly socket: Socket;
  readonly since: number;
}

const retryAfterSeconds = 2;

/** Connections accepted while no replica could take them. Nothing was read from them. */
export class WaitingConnections {
  readonly #limits: WaitingLimits;
  readonly #waiting = new Map<Socket, { readonly timer: NodeJS.Timeout; readonly since: number }>();

  constructor(limits: WaitingLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Keeps a connection, or answers 503 if too many wait already. */
  add(socket: Socket): void {
    if (this.#waiting.size >= this.#limits.connections) {
      return refuse(socket, "Too many requests wait for the app to start.", retryAfterSeconds);
    }
    const timer = setTimeout(() => {
      this.#forget(socket);
      refuse(socket, "The app did not start in time.", retryAfterSeconds);
    }, this.#limits.ms);
    this.#waiting.set(socket, { timer, since: Date.now() });
    socket.once("error", this.#onGone);
    socket.once("close", this.#onGone);
  }

  /** Takes all out, oldest first. */
  takeAll(): readonly WaitingConnection[] {
    const taken = [...this.#waiting].map(([socket, { since }]) => ({ socket, since }));
    for (const { socket } of taken) this.#forget(socket);
    return taken.filter(({ socket }) => !socket.destroyed);
  }

  /** Answers all of them 503. */
  refuseAll(detail: string): void {
    for (const { socket } of this.takeAll()) refuse(socket, detail, retryAfterSeconds);
  }

  #forget(socket: Socket): void {
    clearTimeout(this.#waiting.get(socket)?.timer);
    this.#waiting.delete(socket);
    socket.off("error", this.#onGone);
    socket.off("close", this.#onGone);
  }

  readonly #onGone = (): void => {
    for (const socket of this.#waiting.keys()) {
      if (!socket.destroyed && socket.errored === null) continue;
      this.#forget(socket);
      socket.on("error", () => undefined);
      socket.destroy();
    }
  };
}
