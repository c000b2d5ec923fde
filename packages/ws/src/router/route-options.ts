import type { IncomingMessage } from "node:http";
import type { Duration } from "@appenv/core";
import type { OptionNames } from "@appenv/core/internal";
import type { z } from "zod";
import type { SlowConsumer } from "../connection/wire.ts";

/** The times by which a client that is gone without a word is noticed. */
export interface HeartbeatOptions {
  /** The silence after which a client is pinged. Default 30 seconds; 0: it is never pinged. */
  readonly interval?: Duration;
  /** The time it has to answer before it is cut off. Default 10 seconds. */
  readonly timeout?: Duration;
}

/** The limit of one client's messages. */
export interface RateLimitOptions {
  /** Maximum at once, and on average. */
  readonly messages: number;
  /** In this time. Default 1 second. */
  readonly per?: Duration;
}

/** The options that hold for every route of a router, unless a route has others. */
export interface ConnectionOptions {
  /**
   * The web pages that may connect: origins such as `"https://example.com"`, or `"any"`. Default `"same"`: pages of the
   * app's own host. Clients that are no browsers send no origin and may always connect.
   */
  readonly origins?: "same" | "any" | readonly string[];
  /** The times by which a client that is gone without a word is noticed. */
  readonly heartbeat?: HeartbeatOptions;
  /** The largest message taken, in bytes; a larger one closes the connection with 1009. Default 1 MiB. */
  readonly maxMessageBytes?: number;
  /** The limit of one client's messages. Default: no limit; a client that sends faster than the handler reads waits. */
  readonly rateLimit?: RateLimitOptions;
  /** Above this many bytes that wait to be sent, a client counts as slow. Default 256 KiB. */
  readonly highWaterMark?: number;
  /**
   * The fate of a message for a slow client: `"close"` ends its connection with 1013, and a client that resumes
   * comes back for what it missed; `"drop"` leaves the message out; `"coalesce"` keeps only the newest for each room,
   * and the newest sent directly. Default `"close"`.
   */
  readonly slowConsumer?: SlowConsumer;
  /**
   * The answer to a message that does not fit the schema, or comes too fast: `"error-message"` answers with
   * `{ type: "error", code, message, issues }`, `"close"` ends the connection with 1007 (no JSON) or 1008. Default
   * `"error-message"`.
   */
  readonly onInvalid?: "error-message" | "close";
  /** The number of a room's newest messages that are kept for clients that come back. Default 100. */
  readonly keep?: number;
}

/** The names of the options of connections. */
export const connectionOptionNames: OptionNames<ConnectionOptions> = {
  origins: true,
  heartbeat: true,
  maxMessageBytes: true,
  rateLimit: true,
  highWaterMark: true,
  slowConsumer: true,
  onInvalid: true,
  keep: true,
};

/** The options of a route. */
export interface RouteOptions<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Incoming extends z.ZodType,
  Outgoing extends z.ZodType,
  Identity,
> extends ConnectionOptions {
  /** Of the path's parameters, which are texts; what does not fit is answered 400. */
  readonly params?: Params;
  /** Of the query, an object of texts (or of lists, for a name given twice); what does not fit is answered 400. */
  readonly query?: Query;
  /** Of the messages clients send, as JSON. Without it they are passed on as they are: texts and bytes. */
  readonly incoming?: Incoming;
  /** Of the messages sent to clients, as JSON. Without it they are texts and bytes. */
  readonly outgoing?: Outgoing;
  /** Subprotocols the handler speaks, the best one first. */
  readonly subprotocols?: readonly string[];
  /**
   * Identifies the client before the upgrade: the value it returns is `connection.identity`. Undefined, null, false, or an
   * error is answered 401.
   */
  readonly authenticate?: (request: IncomingMessage) => Promise<Identity | Refused> | Identity | Refused;
  /** A few words for the docs. */
  readonly summary?: string;
  /** More for the docs. */
  readonly description?: string;
}

/** The answer of `authenticate` for a client it does not know. */
export type Refused = undefined | null | false;

/** The types that a route's client and server share. */
export interface RouteTypes {
  /** The values of the path's parameters, as the client gives them. */
  readonly params: unknown;
  /** The query, as the client gives it. */
  readonly query: unknown;
  /** A message of the client's. */
  readonly send: unknown;
  /** A message to the client. */
  readonly receive: unknown;
}

/** The routes of a router, by path. */
export type Routes = Readonly<Record<string, RouteTypes>>;
