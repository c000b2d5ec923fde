import type { IncomingMessage } from "node:http";
import type { Room } from "../rooms/room.ts";

/** The options of joining a room. */
export interface JoinOptions {
  /** The data about it that the room's other members see, as JSON. Without it, it is not in `room.members`. */
  readonly presence?: unknown;
}

/** A client that is connected to a route. Iterate over it to read its messages; the iteration ends when it closes. */
export interface Connection<Incoming, Outgoing, Params, Query, Identity> extends AsyncIterable<Incoming> {
  /** Unique, also among other replicas. */
  readonly id: string;
  /** The path's parameters, as the schema made them. */
  readonly params: Params;
  /** The query, as the schema made it. */
  readonly query: Query;
  /** The value that `authenticate` returned. */
  readonly identity: Identity;
  /** The request that asked for the upgrade. */
  readonly request: IncomingMessage;
  /** The subprotocol that was agreed on; empty if none was. */
  readonly subprotocol: string;
  /** Aborted when the connection is closed. */
  readonly signal: AbortSignal;
  /**
   * Sends a message. Resolves to true when it is written: code that waits for it never sends faster than the client reads.
   * Resolves to false if the client is gone, or if it was left out because the client is slow.
   *
   * @throws AppEnvError INVALID_MESSAGE if it does not fit the schema.
   */
  send(message: Outgoing): Promise<boolean>;
  /** Ends the connection; the code is 1000 or one of 3000 to 4999, the reason has at most 123 bytes. */
  close(code?: number, reason?: string): void;
  /** Joins a room: from now on its messages are sent to this client. A client that comes back gets what it missed first. */
  join(room: string, options?: JoinOptions): Promise<Room<Outgoing>>;
  /** Leaves a room. Closing leaves all. */
  leave(room: string): Promise<void>;
}
