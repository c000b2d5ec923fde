import { type Backplane } from "@appenv/core";
import { unexpected } from "@appenv/core/internal";
import { LocalRoom, type Member } from "./local-room.ts";

/** Stands in until the router is started: nobody has joined yet, so a message reaches nobody. */
const unconnected: Backplane = {
  name: "process",
  connected: true,
  publish: async () => "0-0",
  subscribe: async () => async () => {},
  history: async () => ({ messages: [], complete: true }),
};

/** The rooms of a router that have members on this replica. */
export class Rooms {
  #prefix = "";
  readonly #local: Map<string, LocalRoom> = new Map();
  #backplane: Backplane = unconnected;

  /** The connection to the other replicas. */
  get backplane(): Backplane {
    return this.#backplane;
  }

  /** Connects the replicas, before anybody joins; the prefix keeps apart what else is on the backplane. */
  use(backplane: Backplane, prefix: string): void {
    this.#prefix = prefix;
    this.#backplane = backplane;
  }

  /** The topic of a room. */
  topic(name: string): string {
    return `${this.#prefix}:${name}`;
  }

  /** The room, if it has members here. */
  find(name: string): LocalRoom | undefined {
    return this.#local.get(name);
  }

  async join(name: string, member: Member): Promise<LocalRoom> {
    const room = this.#local.get(name) ?? new LocalRoom(name, this.topic(name), this.#backplane);
    this.#local.set(name, room);
    await room.add(member);
    return room;
  }

  leave(name: string, member: Member): void {
    const room = this.#local.get(name);
    if (room === undefined) return;
    room.presence.leave(member.id);
    room.remove(member);
    if (room.size > 0) return;
    this.#local.delete(name);
    room.stop().catch((error: unknown) => unexpected(`the room ${name} could not be left`, error));
  }

  /** Sends what was received and not sent yet. */
  flush(): void {
    for (const room of this.#local.values()) room.flush();
  }

  async close(): Promise<void> {
    const rooms = [...this.#local.values()];
    this.#local.clear();
    await Promise.all(rooms.map((room) => room.stop()));
  }
}
