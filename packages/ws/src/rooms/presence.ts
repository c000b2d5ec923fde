import { randomUUID } from "node:crypto";
import { AppEnvError, type Backplane, type Unsubscribe } from "@appenv/core";
import { Listeners, unexpected } from "@appenv/core/internal";

/** A member of a room, on whatever replica. */
export interface Present {
  /** The connection's id. */
  readonly id: string;
  /** The data it joined with. */
  readonly presence: unknown;
}

/** A member that came or went. */
export interface PresenceChange {
  readonly type: "joined" | "left";
  readonly member: Present;
}

type Notice =
  | { readonly type: "who"; readonly replica: string }
  /** All members a replica has. */
  | { readonly type: "members"; readonly replica: string; readonly members: readonly Present[] }
  | { readonly type: "joined"; readonly replica: string; readonly member: Present }
  | { readonly type: "left"; readonly replica: string; readonly id: string };

interface Remote {
  readonly members: Map<string, Present>;
  heardAt: number;
}

/** The interval at which a replica lists its members, and the time for which the list is believed. */
const announceMs = 10_000;
const believedMs = 30_000;

/**
 * The members of a room, as the replicas tell each other. It is right a moment later everywhere; members of a replica that
 * died are forgotten after 30 seconds.
 */
export class PresenceTable {
  readonly #backplane: Backplane;
  readonly #topic: string;
  readonly #replica: string = randomUUID();
  readonly #own: Map<string, Present> = new Map();
  readonly #others: Map<string, Remote> = new Map();
  readonly #listeners: Listeners<PresenceChange> = new Listeners("who is in a room");
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: Unsubscribe | undefined;

  constructor(backplane: Backplane, room: string) {
    this.#backplane = backplane;
    this.#topic = `presence:${room}`;
  }

  /** Everybody known of. */
  get members(): readonly Present[] {
    const others = [...this.#others.values()].flatMap(({ members }) => [...members.values()]);
    return [...this.#own.values(), ...others];
  }

  /** Calls the listener for everybody who comes or goes; returns what ends that. */
  watch(listener: (change: PresenceChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  async start(): Promise<void> {
    this.#unsubscribe = await this.#backplane.subscribe(this.#topic, ({ payload }) => this.#receive(payload));
    this.#timer = setInterval(() => this.#tick(), announceMs).unref();
    this.#tell({ type: "who", replica: this.#replica });
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const id of this.#own.keys()) this.leave(id);
    await this.#unsubscribe?.();
  }

  /** @throws AppEnvError INVALID_MESSAGE if the presence cannot be written as JSON. */
  join({ id, presence }: Present): void {
    // As the other replicas get it, now and later.
    const member = { id, presence: asJson(presence) };
    this.#own.set(id, member);
    this.#change({ type: "joined", member });
    this.#tell({ type: "joined", replica: this.#replica, member });
  }

  leave(id: string): void {
    const member = this.#own.get(id);
    if (member === undefined) return;
    this.#own.delete(id);
    this.#change({ type: "left", member });
    this.#tell({ type: "left", replica: this.#replica, id });
  }

  #tick(): void {
    if (this.#own.size > 0) this.#announce();
    const now = performance.now();
    for (const [replica, { heardAt }] of this.#others) if (now - heardAt > believedMs) this.#replace(replica, []);
  }

  #announce(): void {
    this.#tell({ type: "members", replica: this.#replica, members: [...this.#own.values()] });
  }

  #tell(notice: Notice): void {
    this.#backplane
      .publish(this.#topic, Buffer.from(JSON.stringify(notice)))
      .catch((error: unknown) => unexpected("presence could not be told to the other replicas", error));
  }

  #receive(payload: Uint8Array): void {
    const notice = JSON.parse(Buffer.from(payload).toString()) as Notice;
    if (notice.replica === this.#replica) return;
    if (notice.type === "who") {
      if (this.#own.size > 0) this.#announce();
    } else if (notice.type === "members") this.#replace(notice.replica, notice.members);
    else this.#apply(notice);
  }

  #apply(notice: Extract<Notice, { type: "joined" | "left" }>): void {
    const { members } = this.#remote(notice.replica);
    if (notice.type === "joined") this.#add(members, notice.member);
    else this.#remove(members, notice.id);
  }

  #replace(replica: string, now: readonly Present[]): void {
    const { members } = this.#remote(replica);
    const ids = new Set(now.map(({ id }) => id));
    for (const id of members.keys()) if (!ids.has(id)) this.#remove(members, id);
    for (const member of now) this.#add(members, member);
    if (members.size === 0) this.#others.delete(replica);
  }

  #remote(replica: string): Remote {
    const remote = this.#others.get(replica) ?? { members: new Map(), heardAt: 0 };
    remote.heardAt = performance.now();
    this.#others.set(replica, remote);
    return remote;
  }

  #add(members: Map<string, Present>, member: Present): void {
    if (members.has(member.id)) return;
    members.set(member.id, member);
    this.#change({ type: "joined", member });
  }

  #remove(members: Map<string, Present>, id: string): void {
    const member = members.get(id);
    if (member !== undefined && members.delete(id)) this.#change({ type: "left", member });
  }

  #change(change: PresenceChange): void {
    this.#listeners.tell(change);
  }
}

function asJson(presence: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(presence)) as unknown;
  } catch (cause) {
    throw new AppEnvError("INVALID_MESSAGE", "The `presence` of a member cannot be written as JSON.", {
      cause,
      fix: "Join with what JSON can hold: objects, lists, texts, numbers, true, false and null.",
    });
  }
}
