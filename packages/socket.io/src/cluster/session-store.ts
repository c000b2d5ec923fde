import { createHash } from "node:crypto";
import type { Backplane } from "@appenv/core";
import type { Server, Socket } from "socket.io";
import type { Session } from "socket.io-adapter";
import { optionsOf } from "../server-options.ts";
import { decode, encode } from "./codec.ts";

/** An adapter that keeps sessions elsewhere, which takes a while. */
export interface KeepsSessions {
  /** Resolves when the sessions that were to be kept so far are where other replicas find them. */
  persisted(): Promise<void>;
}

/** A session as `persistSession` gets it; Socket.IO adds the missed packets when it is restored. */
export type StoredSession = Omit<Session, "missedPackets">;

interface Entry {
  readonly session: StoredSession;
  /** Milliseconds since 1970. */
  readonly until: number;
}

// Together 65,536 entries; a session has two if its replica stops. Few topics, so that a backplane has none to forget; short ones, so that looking is cheap.
const [buckets, keep] = [128, 512];

/** The sessions of connections that broke, where every replica finds them. */
export class SessionStore {
  readonly #backplane: Backplane;
  readonly #topic: string;

  constructor(backplane: Backplane, topic: string) {
    this.#backplane = backplane;
    this.#topic = topic;
  }

  async save(session: StoredSession, forMs: number): Promise<void> {
    const entry: Entry = { session, until: Date.now() + forMs };
    await this.#backplane.publish(this.#topicOf(session.pid), encode(entry), { keep });
  }

  /** Resolves with undefined if there is none any more. */
  async find(pid: string): Promise<StoredSession | undefined> {
    const { messages } = await this.#backplane.history(this.#topicOf(pid));
    for (const { payload } of messages.toReversed()) {
      const { session, until } = decode(payload) as Entry;
      if (session.pid === pid) return until > Date.now() ? session : undefined;
    }
    return undefined;
  }

  #topicOf(pid: string): string {
    return `${this.#topic}:${createHash("sha1").update(pid).digest().readUInt32BE() % buckets}`;
  }
}

/**
 * Stores the sessions of all open connections, as Socket.IO stores each when it sees it close. Clients are asked to go once it
 * resolves, so that none is back on another replica before its session is there.
 */
export async function persistSessions(io: Server): Promise<void> {
  if (optionsOf(io).connectionStateRecovery === undefined) return;
  // Namespaces that were made from a pattern are here too.
  const { _nsps: namespaces } = io;
  for (const { sockets, adapter } of namespaces.values()) {
    for (const socket of sockets.values()) adapter.persistSession(sessionOf(socket));
  }
  await Promise.all(
    Array.from(namespaces.values(), ({ adapter }) => (adapter as Partial<KeepsSessions>).persisted?.()),
  );
}

function sessionOf(socket: Socket): StoredSession {
  const { pid } = socket as unknown as { readonly pid: string };
  return { sid: socket.id, pid, rooms: [...socket.rooms], data: socket.data };
}
