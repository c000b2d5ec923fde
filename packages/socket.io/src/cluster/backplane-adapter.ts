import { type Backplane, type BackplaneMessage, type Unsubscribe } from "@appenv/core";
import { comparePositions } from "@appenv/core/internal";
import type { Namespace } from "socket.io";
import {
  ClusterAdapterWithHeartbeat,
  MessageType,
  type BroadcastOptions,
  type ClusterMessage,
  type ClusterResponse,
  type Offset,
  type Session,
} from "socket.io-adapter";
import { optionsOf } from "../server-options.ts";
import { decode, encode } from "./codec.ts";
import { SessionStore, type KeepsSessions, type StoredSession } from "./session-store.ts";

/** Maximum number of messages of a namespace that a client can catch up with. A backplane keeps fewer if they are large. */
const recoverable = 10_000;
/** Socket.IO's name for a sender that is no member of the cluster: every member does what it says. */
const everyone = "emitter";

/**
 * Joins the namespaces of several replicas over the backplane, and keeps what a client needs to recover its connection
 * on another replica.
 *
 * What is meant for sockets (broadcasts, joins, leaves, disconnects) is done by every replica, the sender included, when
 * the backplane delivers it: so all sockets see it in one order, and the position of the last message a client has seen
 * tells exactly what it missed.
 */
export class BackplaneAdapter extends ClusterAdapterWithHeartbeat implements KeepsSessions {
  /** Resolves when messages of other replicas arrive. */
  readonly subscribed: Promise<unknown>;
  readonly #backplane: Backplane;
  readonly #topic: string;
  readonly #sessions: SessionStore;
  readonly #unsubscribe: Promise<Unsubscribe>;
  readonly #recoveryMs: number | undefined;
  readonly #saving: Set<Promise<void>> = new Set();
  /** The messages that are delivered while sessions are restored, a list for each. */
  readonly #recorders: Set<BackplaneMessage[]> = new Set();

  constructor(namespace: Namespace, backplane: Backplane) {
    super(namespace, {});
    this.#backplane = backplane;
    this.#topic = `socket.io:${namespace.name}`;
    this.#sessions = new SessionStore(backplane, `socket.io-sessions:${namespace.name}`);
    this.#recoveryMs = optionsOf(namespace.server).connectionStateRecovery?.maxDisconnectionDuration;
    this.#unsubscribe = backplane.subscribe(this.#topic, (message) => this.#receive(message));
    this.subscribed = this.#unsubscribe;
  }

  override init(): void {
    // The parent tells the others of this member. A subscription that fails is for the start of the app to report.
    this.subscribed.then(
      () => super.init(),
      () => {},
    );
  }

  override close(): void {
    super.close();
    void this.#unsubscribe.then((unsubscribe) => unsubscribe());
  }

  override broadcast(packet: unknown, options: BroadcastOptions): Promise<void> {
    if (options.flags?.local === true) return super.broadcast(packet, options);
    return this.#toEveryone({ type: MessageType.BROADCAST, data: { packet, opts: encodeOptions(options) } });
  }

  override addSockets(options: BroadcastOptions, rooms: string[]): Promise<void> {
    if (options.flags?.local === true) return super.addSockets(options, rooms);
    return this.#toEveryone({ type: MessageType.SOCKETS_JOIN, data: { opts: encodeOptions(options), rooms } });
  }

  override delSockets(options: BroadcastOptions, rooms: string[]): Promise<void> {
    if (options.flags?.local === true) return super.delSockets(options, rooms);
    return this.#toEveryone({ type: MessageType.SOCKETS_LEAVE, data: { opts: encodeOptions(options), rooms } });
  }

  override disconnectSockets(options: BroadcastOptions, close: boolean): Promise<void> {
    if (options.flags?.local === true) return super.disconnectSockets(options, close);
    return this.#toEveryone({ type: MessageType.DISCONNECT_SOCKETS, data: { opts: encodeOptions(options), close } });
  }

  override persistSession(session: StoredSession): void {
    if (this.#recoveryMs === undefined) return;
    // The client of a session that cannot be stored connects anew.
    const saved = this.#sessions.save(session, this.#recoveryMs).catch(nothing);
    this.#saving.add(saved);
    void saved.then(() => this.#saving.delete(saved));
  }

  async persisted(): Promise<void> {
    await Promise.all(this.#saving);
  }

  override async restoreSession(pid: string, offset: string): Promise<Session> {
    const session = await this.#sessions.find(pid);
    // Socket.IO takes null for "no such session", whatever its types say.
    if (session === undefined) return null as never;
    const messages = await this.#since(offset);
    if (messages === undefined) return null as never;
    return { ...session, missedPackets: messages.flatMap((message) => missed(message, session.rooms)) };
  }

  /** The messages after a position; undefined if they are not kept any more. */
  async #since(offset: string): Promise<BackplaneMessage[] | undefined> {
    const meanwhile: BackplaneMessage[] = [];
    this.#recorders.add(meanwhile);
    const { messages, complete } = await this.#backplane.history(this.#topic, offset);
    this.#recorders.delete(meanwhile);
    if (!complete) return undefined;
    // A message may be delivered between the backplane's answer and this line; the socket is not there yet to get it.
    const last = messages.at(-1)?.position ?? offset;
    return [...messages, ...meanwhile.filter(({ position }) => comparePositions(position, last) > 0)];
  }

  protected override doPublish(message: ClusterMessage): Promise<Offset> {
    return this.#publish(message);
  }

  protected override async doPublishResponse(_requester: string, response: ClusterResponse): Promise<void> {
    await this.#publish(response);
  }

  /** Throws at once, as Socket.IO itself does, if something cannot be encoded; what the backplane loses is lost. */
  #toEveryone(message: SocketsMessage): Promise<void> {
    return this.#publish({ ...message, uid: everyone, nsp: this.nsp.name as string }).then(nothing, nothing);
  }

  #publish(message: ClusterMessage | ClusterResponse): Promise<Offset> {
    // Everything is kept, also what no client misses: gaps in a topic cannot be told from loss.
    const keep = this.#recoveryMs === undefined ? 0 : recoverable;
    return this.#backplane.publish(this.#topic, encode(message), { keep });
  }

  #receive(message: BackplaneMessage): void {
    const { payload, position } = message;
    for (const recorder of this.#recorders) recorder.push(message);
    this.onMessage(decode(payload) as ClusterMessage, position);
  }
}

function nothing(): void {}

/** A message that is meant for sockets: one of the cluster's, without its sender and namespace. */
type SocketsMessage =
  | { readonly type: MessageType.BROADCAST; readonly data: { readonly packet: unknown; readonly opts: EncodedOptions } }
  | {
      readonly type: MessageType.SOCKETS_JOIN | MessageType.SOCKETS_LEAVE;
      readonly data: { readonly opts: EncodedOptions; readonly rooms: string[] };
    }
  | {
      readonly type: MessageType.DISCONNECT_SOCKETS;
      readonly data: { readonly opts: EncodedOptions; readonly close: boolean };
    };

interface EventPacket {
  readonly type: number;
  readonly id?: number;
  readonly data: readonly unknown[];
}

const eventType = 2;

/** The events in a message for a socket of these rooms, with the position at the end, where clients look for it. */
function missed({ payload, position }: BackplaneMessage, rooms: readonly string[]): unknown[][] {
  const message = decode(payload) as ClusterMessage;
  if (message.type !== MessageType.BROADCAST || message.uid !== everyone) return [];
  const { opts } = message.data;
  const packet = message.data.packet as EventPacket;
  if (packet.type !== eventType || packet.id !== undefined || opts.flags?.volatile !== undefined) return [];
  const included = opts.rooms.length === 0 || rooms.some((room) => opts.rooms.includes(room));
  if (!included || rooms.some((room) => opts.except.includes(room))) return [];
  return [[...packet.data, position]];
}

interface EncodedOptions {
  readonly rooms: string[];
  readonly except: string[];
  readonly flags: NonNullable<BroadcastOptions["flags"]>;
}

function encodeOptions({ rooms, except, flags }: BroadcastOptions): EncodedOptions {
  return { rooms: [...rooms], except: [...(except ?? [])], flags: flags ?? {} };
}
