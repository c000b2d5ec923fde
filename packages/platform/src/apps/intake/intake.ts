import type { Socket } from "node:net";
import type { ListeningSocket } from "../../sockets/listening-socket.ts";
import type { Duplicate } from "../../sockets/tcp-handle.ts";
import { balance, surplusConnections } from "./balance.ts";
import { bindPort, type PortWish } from "./bind-port.ts";
import type { Replica } from "../../replicas/replica.ts";
import { WaitingConnections, type WaitingLimits } from "./waiting-connections.ts";

/** Answers of an app to its intake, and the events it takes from it. */
export interface IntakeListener {
  /** The replicas that can answer, of the revision that serves. */
  ready(): readonly Replica[];
  /** A connection waits, and no replica can take it. */
  onWaiting(): void;
}

/** Takes an app's connections: replicas accept for themselves; without one, connections wait in the platform, unread. */
export class Intake {
  readonly #listener: IntakeListener;
  readonly #waiting: WaitingConnections;
  #socket: ListeningSocket | undefined;
  /** The port that was asked for; the socket may have got another. */
  #declared = 0;
  /** The socket of a revision that asks for another port, until it takes over. */
  #next: { readonly socket: ListeningSocket; readonly declared: number } | undefined;

  constructor(limits: WaitingLimits, listener: IntakeListener) {
    this.#listener = listener;
    this.#waiting = new WaitingConnections(limits);
  }

  /** The number of connections that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The port of the revision that was listened for last. */
  get port(): number {
    return (this.#next?.socket ?? this.#socket)?.port ?? 0;
  }

  /**
   * Listens for a revision. If it asks for another port than the one before, both are open until `settle` or `forget`.
   *
   * @throws AppEnvError PORT_IN_USE.
   */
  async listen(wish: PortWish, duplicate: Duplicate): Promise<void> {
    this.forget();
    if (this.#socket !== undefined && wish.declared === this.#declared) return;
    const socket = await bindPort(wish, duplicate, (connection) => this.#onConnection(connection));
    this.#next = { socket, declared: wish.declared };
    if (this.#socket === undefined) this.settle();
  }

  /** The revision takes over: its port, if it is another one, is the app's from now on. */
  settle(): void {
    if (this.#next === undefined) return;
    this.#socket?.close();
    this.#socket = this.#next.socket;
    this.#declared = this.#next.declared;
    this.#next = undefined;
  }

  /** The revision was given up, and with it its port. */
  forget(): void {
    this.#next?.socket.close();
    this.#next = undefined;
  }

  /** Gives a replica the connections that wait, then the socket itself. */
  async admit(replica: Replica): Promise<void> {
    this.#passWaiting(replica);
    const socket = this.#socket;
    if (socket === undefined || !(await this.#accept(replica, socket))) return;
    this.#passWaiting(replica);
    socket.release();
  }

  /** Accepts in the platform again, as before the last replica goes. */
  async takeBack(): Promise<void> {
    await this.#socket?.accept();
  }

  /** Answers all that wait with 503. */
  refuseWaiting(detail: string): void {
    this.#waiting.refuseAll(detail);
  }

  /** Keeps the replicas near their share of what is open. */
  async balance(ready: readonly Replica[]): Promise<void> {
    const socket = this.#socket;
    if (ready.length < 2 || socket === undefined) return;
    const { pause, resume } = balance(ready);
    for (const replica of pause) {
      replica.accepting = false;
      replica.process.send({ type: "pause" });
    }
    for (const replica of resume) await this.#accept(replica, socket);
  }

  /** Long-lived connections would stay where they are: the older replicas end some, which then find the new one. */
  spread(ready: readonly Replica[], added: Replica): void {
    for (const replica of ready) {
      const connections = replica === added ? 0 : surplusConnections(replica, ready.length - 1, ready.length);
      if (connections > 0) replica.process.send({ type: "rebalance", connections });
    }
  }

  /** Refuses what waits and stops listening. The port is free once the replicas are gone too. */
  close(): void {
    this.#waiting.refuseAll("The app was stopped.");
    this.forget();
    this.#socket?.close();
    this.#socket = undefined;
  }

  async #accept(replica: Replica, socket: ListeningSocket): Promise<boolean> {
    const handle = await socket.handle();
    if (handle === undefined || replica.state !== "ready" || replica.exited !== undefined || socket !== this.#socket)
      return false;
    replica.process.send({ type: "accept" }, handle);
    replica.accepting = true;
    return true;
  }

  #passWaiting(replica: Replica): void {
    for (const { socket, since } of this.#waiting.takeAll()) {
      replica.process.send({ type: "connection", waitingSince: since }, socket);
    }
  }

  /** A connection the platform accepted: there was no replica a moment ago. */
  #onConnection(connection: Socket): void {
    const ready = this.#listener.ready();
    const idlest = ready.toSorted((a, b) => (a.load?.inFlight ?? 0) - (b.load?.inFlight ?? 0))[0];
    if (idlest !== undefined) return idlest.process.send({ type: "connection" }, connection);
    this.#waiting.add(connection);
    this.#listener.onWaiting();
  }
}
