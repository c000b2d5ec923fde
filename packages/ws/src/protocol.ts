/**
 * The subprotocol of AppEnv's own client: messages travel in an envelope that names their room and position, so that
 * the client can resume. A client that does not ask for it (a plain browser WebSocket) gets the bare messages.
 */
export const protocolName = "appenv.v1";

/** What is wrong with something a client sent. */
export interface ErrorMessage {
  readonly type: "error";
  /** For programs. */
  readonly code: "INVALID_MESSAGE" | "RATE_LIMITED";
  /** For people. */
  readonly message: string;
  /** What does not fit, and where. */
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
}

/** The first message of a client: where it was in the rooms it had been in. */
export interface HelloMessage {
  readonly type: "hello";
  /** By room, the position last seen; `null` if the room had no message yet. */
  readonly rooms: Readonly<Record<string, string | null>>;
}

/** What a client of the protocol sends. */
export type ClientMessage = HelloMessage | { readonly type: "message"; readonly data: unknown };

/** What a server of the protocol sends. */
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
