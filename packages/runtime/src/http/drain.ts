import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { DrainReason } from "../ipc/replica-messages.ts";
import type { Connections } from "./connections.ts";
import type { InFlight } from "./in-flight.ts";
import type { Upgrades } from "./upgrades.ts";

/** The open parts of an ingress that a drain ends. */
export interface DrainParts {
  readonly connections: Connections;
  readonly inFlight: InFlight;
  readonly upgrades: Upgrades;
}

/**
 * Time that an idle keep-alive connection stays open while its app is replaced, in milliseconds. A request already on its way arrives
 * within it and is answered (with `Connection: close`); closing at once would fail it. A client idle for longer sees
 * what every keep-alive timeout shows it. More would only keep the old replica's memory.
 */
const idleGraceMs = 1_000;
const tickMs = 50;

/** Ends what is open, kindly at first, by force at the limit. */
export class Drain {
  /** Resolves when nothing is open any more. */
  readonly finished: Promise<void>;
  readonly #parts: DrainParts;
  readonly #timer: NodeJS.Timeout;
  readonly #finish: () => void;
  #limitAt = Infinity;
  #idleEndAt = Infinity;

  constructor(parts: DrainParts) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#finish = resolve;
    this.#parts = parts;
    this.#timer = setInterval(() => this.#tick(), tickMs);
    parts.connections.onClosed = () => this.#checkFinished();
  }

  /** Begins; or, called again, can only make it stricter. */
  tighten(reason: DrainReason, limitMs: number): void {
    const now = performance.now();
    const graceMs = reason === "stop" ? 0 : Math.min(idleGraceMs, limitMs / 2);
    this.#limitAt = Math.min(this.#limitAt, now + limitMs);
    this.#idleEndAt = Math.min(this.#idleEndAt, now + graceMs);
    for (const { response } of this.#parts.inFlight.openRequests) response.shouldKeepAlive = false;
    this.#tick();
  }

  #tick(): void {
    const now = performance.now();
    const { connections, inFlight, upgrades } = this.#parts;
    upgrades.tellToReconnect();
    for (const { response } of inFlight.openRequests) endIfEventStream(response);
    if (now >= this.#limitAt) connections.destroyAll();
    else connections.endIdle(this.#busySockets(), now >= this.#idleEndAt);
    this.#checkFinished();
  }

  #busySockets(): Set<Duplex> {
    const busy = new Set<Duplex>(this.#parts.upgrades.sockets);
    for (const { request } of this.#parts.inFlight.openRequests) busy.add(request.socket);
    return busy;
  }

  #checkFinished(): void {
    if (this.#parts.connections.size > 0) return;
    clearInterval(this.#timer);
    this.#finish();
  }
}

/** Event streams have no end of their own, and their clients reconnect by themselves. */
function endIfEventStream(response: ServerResponse): void {
  if (!response.headersSent || response.writableEnded) return;
  // Headers given to writeHead() are not in getHeaders(); they are in the text that was sent.
  const { _header: head } = response as unknown as { _header?: string };
  if (head === undefined || !/^content-type: *text\/event-stream/im.test(head)) return;
  // The app may write once more before it notices; that is no error of the process.
  response.on("error", () => {});
  // The client comes back at once; on this connection it would find this replica again.
  const { socket } = response;
  response.once("finish", () => socket?.destroySoon());
  response.end();
}
