/**
 * The subprotocol of AppEnv's own client: messages travel in an envelope that names their room and position, so that
 * the client can resume. A client that does not ask for it (a plain browser WebSocket) gets the bare messages.
 */
export const protocolName = "appenv.v1";

/** The answer to a message that is refused. */
export interface ErrorMessage {
  readonly type: "error";
  /** For programs. */
  readonly code: "INVALID_MESSAGE" | "RATE_LIMITED";
  /** For people. */
  readonly message: string;
  /** Each mistake and its place. */
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
}

/** The first message of a client: where it was in the rooms it had been in. */
export interface HelloMessage {
  readonly type: "hello";
  /** By room, the position last seen; `null` if the room had no message yet. */
  readonly rooms: Readonly<Record<string, string | null>>;
}

/** A message of a client of the protocol. */
export type ClientMessage = HelloMessage | { readonly type: "message"; readonly data: unknown };

/** A message of a server of the protocol. */
export type ServerMessage =
  | ErrorMessage
  | { readonly type: "message"; readonly data: unknown; readonly room?: string; readonly position?: string }
  | {
      readonly type: "joined";
      readonly room: string;
      /** The newest message of the room; `null` if there is none. */
      readonly position: string | null;
      /** False if messages are missing since the position the client had named. */
      readonly complete: boolean;
    }
  | { readonly type: "left"; readonly room: string };
