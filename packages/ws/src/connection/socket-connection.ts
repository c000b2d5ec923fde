import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { protocolName, type ErrorMessage, type ServerMessage } from "../protocol.ts";
import type { Member } from "../rooms/local-room.ts";
import { roomOf, type Room } from "../rooms/room.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { Route } from "../router/route.ts";
import { check, decode, encode, invalid, parseJson, type Decoded } from "./codec.ts";
import type { Connection, JoinOptions } from "./connection.ts";
import { frameOf } from "./frame.ts";
import { keepHeartbeat } from "./heartbeat.ts";
import { Inbox, type Taken } from "./inbox.ts";
import { rateLimit, type RateDecision } from "./rate-limit.ts";
import { Wire } from "./wire.ts";

/** An accepted upgrade. */
export interface Accepted {
  readonly route: Route;
  readonly request: IncomingMessage;
  readonly params: unknown;
  readonly query: unknown;
  readonly identity: unknown;
  readonly ws: WebSocket;
  readonly socket: Duplex;
  readonly rooms: Rooms;
}

type AnyConnection = Connection<unknown, unknown, unknown, unknown, unknown>;

const normalClosure = 1000;
const policyViolation = 1008;

/** A connection over `ws`. Only the types of the route know what its schemas put out. */
export class SocketConnection implements AnyConnection, Member {
  readonly id: string = randomUUID();
  readonly params: unknown;
  readonly query: unknown;
  readonly identity: unknown;
  readonly request: IncomingMessage;
  readonly subprotocol: string;
  readonly signal: AbortSignal;
  readonly wire: Wire;
  readonly enveloped: boolean;
  readonly isJson: boolean;
  /** Resolves when the handler may start: a client of the protocol first says where it had been. */
  readonly ready: Promise<void>;
  resume: Member["resume"] = {};
  readonly #accepted: Accepted;
  readonly #inbox: Inbox;
  readonly #joined: Set<string> = new Set();
  readonly #mayTake: () => RateDecision;
  #hello: (() => void) | undefined;

  constructor(accepted: Accepted) {
    const { route, ws, socket } = accepted;
    const closed = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#accepted = accepted;
    this.params = accepted.params;
    this.query = accepted.query;
    this.identity = accepted.identity;
    this.request = accepted.request;
    this.signal = closed.signal;
    this.enveloped = ws.protocol === protocolName;
    this.subprotocol = ws.protocol;
    this.isJson = route.outgoing !== undefined;
    this.wire = new Wire(ws, socket, route.settings);
    this.#inbox = new Inbox(ws);
    this.#mayTake = route.settings.rateLimit === undefined ? () => "take" : rateLimit(route.settings.rateLimit);
    this.ready = promise;
    this.#hello = this.enveloped ? resolve : undefined;
    if (!this.enveloped) resolve();
    ws.on("message", (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary));
    // A malformed frame is the client's fault; ws closes with 1002, 1007 or 1009 by itself.
    ws.on("error", () => {});
    ws.once("close", () => {
      this.#leaveAll();
      this.#inbox.end();
      closed.abort();
      resolve();
    });
    keepHeartbeat(ws, route.settings.heartbeat);
  }

  async send(message: unknown): Promise<boolean> {
    const encoding = encode(this.#accepted.route.outgoing, message);
    // Without a wait where none is needed: messages sent at once are sent in order.
    const encoded = encoding instanceof Promise ? await encoding : encoding;
    if (!this.enveloped || typeof encoded !== "string") return this.wire.send(frameOf(encoded), "");
    return this.wire.send(frameOf(`{"type":"message","data":${this.isJson ? encoded : JSON.stringify(encoded)}}`), "");
  }

  close(code: number = normalClosure, reason: string = ""): void {
    this.#accepted.ws.close(code, reason);
  }

  async join(name: string, { presence }: JoinOptions = {}): Promise<Room<unknown>> {
    const { rooms, route } = this.#accepted;
    if (!this.signal.aborted && !this.#joined.has(name)) {
      this.#joined.add(name);
      const local = await rooms.join(name, this);
      if (presence !== undefined && this.#joined.has(name)) local.presence.join({ id: this.id, presence });
    }
    return roomOf(rooms, name, { schema: route.outgoing, keep: route.settings.keep });
  }

  async leave(name: string): Promise<void> {
    if (!this.#joined.delete(name)) return;
    this.#accepted.rooms.leave(name, this);
    const left: ServerMessage = { type: "left", room: name };
    if (this.enveloped) await this.wire.send(frameOf(JSON.stringify(left)), `left:${name}`);
  }

  [Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    return this.#inbox.messages();
  }

  #leaveAll(): void {
    for (const name of this.#joined) this.#accepted.rooms.leave(name, this);
    this.#joined.clear();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    const decision = this.#mayTake();
    if (decision === "refuse") this.#refuse(tooFast, policyViolation);
    if (decision !== "take") return;
    const decoded = this.#decode(data, isBinary);
    if (decoded instanceof Promise) return this.#inbox.add(decoded.then((later) => this.#taken(later)));
    const taken = decoded === undefined ? undefined : this.#taken(decoded);
    if (taken !== undefined) this.#inbox.add(taken);
  }

  #taken(decoded: Decoded): Taken | undefined {
    if (!("error" in decoded)) return decoded;
    this.#refuse(decoded.error, decoded.closeCode);
    return undefined;
  }

  #decode(data: Buffer, isBinary: boolean): Decoded | Promise<Decoded> | undefined {
    const { incoming } = this.#accepted.route;
    if (isBinary)
      return incoming === undefined ? { message: data } : invalid("The message is no text.", policyViolation);
    return this.enveloped ? this.#open(data.toString()) : decode(incoming, data.toString());
  }

  /** Takes a message out of its envelope; undefined if it was for the connection itself. */
  #open(text: string): Decoded | Promise<Decoded> | undefined {
    const envelope = parseJson(text)?.value as Record<string, unknown> | null | undefined;
    if (envelope?.["type"] === "message") return check(this.#accepted.route.incoming, envelope["data"]);
    if (envelope?.["type"] !== "hello" || this.#hello === undefined) {
      return invalid(`The message is no envelope of ${protocolName}.`, policyViolation);
    }
    this.resume = positions(envelope["rooms"]);
    this.#hello();
    this.#hello = undefined;
    return undefined;
  }

  #refuse(error: ErrorMessage, closeCode: number): void {
    if (this.#accepted.route.settings.onInvalid === "close") this.close(closeCode, error.message);
    else this.wire.push(frameOf(JSON.stringify(error)), "error");
  }
}

const tooFast: ErrorMessage = {
  type: "error",
  code: "RATE_LIMITED",
  message: "Messages come too fast; some were left out.",
};

/** Positions as a client may send them: what is none is left out, as if the client had not been in that room. */
function positions(rooms: unknown): Member["resume"] {
  if (typeof rooms !== "object" || rooms === null) return {};
  return Object.fromEntries(Object.entries(rooms).filter(([, position]) => isPosition(position)));
}

function isPosition(value: unknown): boolean {
  return value === null || (typeof value === "string" && /^\d{1,16}-\d{1,16}(\.\d{1,16})?$/.test(value));
}
