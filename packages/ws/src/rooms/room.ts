import type { Position } from "@appenv/core";
import type { z } from "zod";
import { encode } from "../connection/codec.ts";
import { encodePayload } from "./messages.ts";
import type { Present, PresenceChange } from "./presence.ts";
import type { Rooms } from "./rooms.ts";

/** The options of a broadcast. */
export interface BroadcastOptions {
  /** A connection that does not get it, for example the one it came from. */
  readonly except?: { readonly id: string };
}

/** The connections that share a name, on all replicas. */
export interface Room<Outgoing> {
  readonly name: string;
  /**
   * Sends a message to everybody in the room; all see the messages of a room in the same order. Resolves with its
   * position when the replicas' backplane has taken it.
   *
   * @throws AppEnvError INVALID_MESSAGE if it does not fit the schema.
   */
  broadcast(message: Outgoing, options?: BroadcastOptions): Promise<Position>;
  /** Its members with `presence` on all replicas. A replica knows them while it has a member of its own. */
  readonly members: readonly Present[];
  /** Calls the listener for everybody who comes or goes while this replica has a member; returns what ends that. */
  watch(listener: (change: PresenceChange) => void): () => void;
}

/** The messages a room takes and keeps. */
export interface RoomOptions {
  readonly schema: z.ZodType | undefined;
  readonly keep: number;
}

/** A room by its name. It costs nothing until somebody joins. */
export function roomOf<Outgoing>(rooms: Rooms, name: string, { schema, keep }: RoomOptions): Room<Outgoing> {
  return {
    name,
    async broadcast(message, { except } = {}) {
      const encoding = encode(schema, message);
      const encoded = encoding instanceof Promise ? await encoding : encoding;
      const payload = encodePayload(encoded, except?.id ?? "");
      return rooms.backplane.publish(rooms.topic(name), payload, { keep });
    },
    get members() {
      return rooms.find(name)?.presence.members ?? [];
    },
    watch: (listener) => rooms.find(name)?.presence.watch(listener) ?? (() => {}),
  };
}
