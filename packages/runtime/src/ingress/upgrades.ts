import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Admission } from "./auth.ts";
import type { InFlight } from "./in-flight.ts";

/** An upgraded socket, followed until it closes. */
export interface Upgraded {
  readonly isWebSocket: boolean;
  /** Whether the app has accepted the upgrade. */
  switched: boolean;
  /** Whether it was told to reconnect. */
  told: boolean;
  /** On what ground it was let in. */
  admission: Admission | undefined;
}

const [policyViolation, serviceRestart] = [1008, 1012];
/** How long a WebSocket that was told to close has for its own close frame. */
const closingMs = 1_000;
const [shortestMs, longestMs] = [100, 3_000];

/** Follows upgraded sockets, whatever library speaks on them, and tells WebSockets to reconnect. */
export class Upgrades {
  readonly #open: Map<Duplex, Upgraded> = new Map();
  readonly #inFlight: InFlight;

  constructor(inFlight: InFlight) {
    this.#inFlight = inFlight;
  }

  /** The sockets open now. */
  get sockets(): Iterable<Duplex> {
    return this.#open.keys();
  }

  /** Follows a socket from before the app answers its upgrade. */
  follow(request: IncomingMessage, socket: Duplex): Upgraded {
    const isWebSocket = request.headers.upgrade?.toLowerCase() === "websocket";
    const upgraded: Upgraded = { isWebSocket, switched: false, told: false, admission: undefined };
    const end = this.#inFlight.beginSocket();
    this.#open.set(socket, upgraded);
    watchAnswer(socket, () => (upgraded.switched = true));
    // Node takes its own listener away before an upgrade; a reset in between would end the process.
    socket.on("error", () => {});
    socket.once("close", () => {
      this.#open.delete(socket);
      end();
    });
    return upgraded;
  }

  /** Ends the sockets that would not be let in any more. */
  closeRefused(isAccepted: (admission: Admission) => boolean): void {
    for (const [socket, { isWebSocket, switched, admission }] of this.#open) {
      if (admission === undefined || isAccepted(admission)) continue;
      if (isWebSocket && switched && socket.writable) closeUnheard(socket);
      else socket.destroy();
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

/** Closes a WebSocket from whose client nothing more is heard. */
function closeUnheard(socket: Duplex): void {
  socket.removeAllListeners("data").removeAllListeners("readable");
  socket.on("data", () => {}).once("end", () => socket.destroy());
  socket.write(closeFrame(policyViolation, "the API key was revoked"));
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
function watchAnswer(socket: Duplex, accepted: () => void): void {
  const write = socket.write;
  socket.write = function first(this: Duplex, ...args: unknown[]): boolean {
    socket.write = write;
    if (String(args[0]).startsWith("HTTP/1.1 101")) accepted();
    return Reflect.apply(write, this, args) as boolean;
  } as Duplex["write"];
}
