import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Credential } from "./auth/credential.ts";
import type { InFlight } from "./in-flight.ts";
import { withProtocol } from "./auth/ticket-protocol.ts";

/** An upgraded socket, followed until it closes. */
export interface Upgraded {
  readonly isWebSocket: boolean;
  /** True once the app has written anything. */
  answered: boolean;
  /** True once the app has accepted the upgrade. */
  switched: boolean;
  /** True once it was told to reconnect. */
  told: boolean;
  /** The credential that opened it. */
  credential: Credential | undefined;
}

/** Close codes of RFC 6455; 3000, Unauthorized, is registered for what HTTP calls 401. */
const [policyViolation, serviceRestart, unauthorized] = [1008, 1012, 3000];
/** A longer wait would be none: a timer holds 31 bits. */
const longestWaitMs = 2 ** 31 - 1;
/** Time that a WebSocket has for its own close frame once it was told to close, in milliseconds. */
const closingMs = 1_000;
const [shortestMs, longestMs] = [100, 3_000];

/** Follows upgraded sockets, whatever library speaks on them, and tells WebSockets to reconnect. */
export class Upgrades {
  readonly #open: Map<Duplex, Upgraded> = new Map();
  readonly #ends: Map<Duplex, () => void> = new Map();
  readonly #inFlight: InFlight;
  #endTimer: NodeJS.Timeout | undefined;
  /** The time at which `#endTimer` looks, in milliseconds since 1970. */
  #looksAt = Number.POSITIVE_INFINITY;

  constructor(inFlight: InFlight) {
    this.#inFlight = inFlight;
  }

  /** The sockets open now. */
  get sockets(): Iterable<Duplex> {
    return this.#open.keys();
  }

  /** Follows a socket from before the app answers its upgrade. `protocol`: added to the answer. */
  follow(request: IncomingMessage, socket: Duplex, protocol?: string): Upgraded {
    const isWebSocket = request.headers.upgrade?.toLowerCase() === "websocket";
    const upgraded: Upgraded = { isWebSocket, answered: false, switched: false, told: false, credential: undefined };
    this.forget(socket);
    const end = this.#inFlight.beginSocket();
    this.#open.set(socket, upgraded);
    this.#ends.set(socket, end);
    watchAnswer(socket, protocol, upgraded);
    // Node takes its own listener away before an upgrade; a reset in between would end the process.
    socket.on("error", () => {});
    socket.once("close", () => this.forget(socket));
    return upgraded;
  }

  /** Stops following a socket. */
  forget(socket: Duplex): void {
    this.#ends.get(socket)?.();
    this.#ends.delete(socket);
    this.#open.delete(socket);
  }

  /** Keeps the credential that opened a socket, which is closed when the credential ends. */
  admit(upgraded: Upgraded, credential: Credential): void {
    upgraded.credential = credential;
    if (credential.endsAt !== undefined) this.#lookAt(credential.endsAt);
  }

  /** Ends the sockets whose credential is not accepted any more. */
  closeRefused(isAccepted: (credential: Credential) => boolean): void {
    for (const [socket, upgraded] of this.#open) {
      if (upgraded.credential === undefined || isAccepted(upgraded.credential)) continue;
      endSocket(socket, upgraded, closeFrame(policyViolation, "the API key was revoked"));
    }
  }

  /** One timer for all sockets, set to the first end there is. */
  #lookAt(endsAt: number): void {
    if (endsAt >= this.#looksAt) return;
    clearTimeout(this.#endTimer);
    this.#looksAt = endsAt;
    const waitMs = Math.min(Math.max(endsAt - Date.now(), 0), longestWaitMs);
    this.#endTimer = setTimeout(() => this.#closeEnded(), waitMs).unref();
  }

  #closeEnded(): void {
    this.#looksAt = Number.POSITIVE_INFINITY;
    const now = Date.now();
    for (const [socket, upgraded] of this.#open) {
      const endsAt = upgraded.credential?.endsAt;
      if (endsAt === undefined) continue;
      if (endsAt > now) this.#lookAt(endsAt);
      else endSocket(socket, upgraded, closeFrame(unauthorized, "the token has ended"));
    }
  }

  /** Tells every accepted WebSocket that was not told yet to reconnect, each after another while. */
  tellToReconnect(): void {
    for (const [socket, upgraded] of this.#open) {
      if (!upgraded.isWebSocket || !upgraded.switched || upgraded.told || !socket.writable) continue;
      upgraded.told = true;
      const afterMs = Math.round(shortestMs + Math.random() * (longestMs - shortestMs));
      socket.write(closeFrame(serviceRestart, `restarting; reconnect in ${afterMs}ms`));
    }
  }
}

/** Ends a socket whose credential has ended; a WebSocket is told why, and what it still sends is dropped. */
function endSocket(socket: Duplex, upgraded: Upgraded, frame: Buffer): void {
  upgraded.credential = undefined;
  if (!upgraded.isWebSocket || !upgraded.switched || !socket.writable) return void socket.destroy();
  socket.removeAllListeners("data").removeAllListeners("readable");
  socket.on("data", () => {}).once("end", () => socket.destroy());
  socket.write(frame);
  const timer = setTimeout(() => socket.destroy(), closingMs);
  socket.once("close", () => clearTimeout(timer));
}

/** A close frame as a server sends it (RFC 6455, section 5.5.1): unmasked, never compressed, one write. */
export function closeFrame(code: number, reason: string): Buffer {
  const text = Buffer.from(reason);
  const frame = Buffer.alloc(4 + text.length);
  frame[0] = 0x88;
  frame[1] = 2 + text.length;
  frame.writeUInt16BE(code, 2);
  text.copy(frame, 4);
  return frame;
}

/** Looks at the first thing the app writes: only after `101` does the socket speak the other protocol. */
function watchAnswer(socket: Duplex, protocol: string | undefined, upgraded: Upgraded): void {
  const write = socket.write;
  socket.write = function first(this: Duplex, answer: string | Buffer, ...rest: unknown[]): boolean {
    socket.write = write;
    const isAccepted = String(answer).startsWith("HTTP/1.1 101");
    upgraded.answered = true;
    upgraded.switched ||= isAccepted;
    const sent = isAccepted && protocol !== undefined ? withProtocol(answer, protocol) : answer;
    return Reflect.apply(write, this, [sent, ...rest]) as boolean;
  } as Duplex["write"];
}
