import type { Issue, RefusedEvent } from "./refused-event.ts";

/** A schema of zod, or of any library that follows Standard Schema. */
export interface Schema<Input = unknown, Output = unknown> {
  readonly "~standard": {
    readonly vendor: string;
    readonly version: 1;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The result of a check. */
type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

/** An event: the schema of its one argument; or those of all its arguments, and of what its acknowledgement says. */
export type EventSchema = Schema | { readonly args: readonly Schema[]; readonly ack?: Schema };

/** Events by name. */
export type EventSchemas = Readonly<Record<string, EventSchema>>;

/** The events of a namespace, in both directions. */
export interface SocketEvents {
  /** The events clients may send. They are validated; other events are refused. */
  readonly clientToServer?: EventSchemas;
  /** The events the server sends. They are typed and described, not validated. */
  readonly serverToClient?: EventSchemas;
}

/** Answers the events it is given, with their exact types: for events that the client's code shares. */
export function socketEvents<const Events extends SocketEvents>(events: Events): Events {
  return events;
}

type Direction = "input" | "output";
type ValueOf<S, D extends Direction> = S extends Schema ? NonNullable<S["~standard"]["types"]>[D] : never;
type ValuesOf<S extends readonly Schema[], D extends Direction> = {
  -readonly [Index in keyof S]: ValueOf<S[Index], D>;
};
type ArgsOf<E, D extends Direction> = E extends Schema
  ? [ValueOf<E, D>]
  : E extends { readonly args: infer S extends readonly Schema[] }
    ? ValuesOf<S, D>
    : never;
type Listener<E, D extends Direction, Extra = never> = E extends { readonly ack: infer Ack extends Schema }
  ? (...args: [...ArgsOf<E, D>, ack: (answer: ValueOf<Ack, "output"> | Extra) => void]) => void
  : (...args: ArgsOf<E, D>) => void;
type Part<E, Name extends keyof SocketEvents> = E extends { readonly [Key in Name]: infer P extends EventSchemas }
  ? P
  : Record<never, EventSchema>;

/** The events a server listens to: arguments as the schemas put them out. */
export type HandledEvents<E extends SocketEvents> = {
  [Name in keyof Part<E, "clientToServer">]: Listener<Part<E, "clientToServer">[Name], "output">;
};

/** The events a server sends. */
export type EmittedEvents<E extends SocketEvents> = ServerToClientEvents<E>;

/** The events a client sends, for the second type argument of socket.io-client's `Socket`. */
export type ClientToServerEvents<E extends SocketEvents> = {
  [Name in keyof Part<E, "clientToServer">]: Listener<Part<E, "clientToServer">[Name], "input", RefusedEvent>;
};

/** The events a client listens to, for the first type argument of socket.io-client's `Socket`. */
export type ServerToClientEvents<E extends SocketEvents> = {
  [Name in keyof Part<E, "serverToClient">]: Listener<Part<E, "serverToClient">[Name], "output">;
} & { error: (refused: RefusedEvent) => void };
