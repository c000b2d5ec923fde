import type { Writable } from "node:stream";

/** An event for a reader: a server-sent event, or a message of a WebSocket. */
export interface ServerEvent {
  /** The offset of a value. Browsers send the last one in `Last-Event-ID` when they come back. */
  readonly id?: number;
  /** Default `message`. */
  readonly event?: string;
  /** A JSON object in one line. */
  readonly data: string;
}

/**
 * The reason why no more events are sent. `done`: there are none; `restart`: the server stops, and the reader is to come
 * back; `unauthorized`: the reader's credential has ended; `failed`: the server cannot go on.
 */
export type EventsEnd = "done" | "restart" | "unauthorized" | "failed";

/** The way of events to one reader, whatever carries them. */
export interface EventSink {
  /** Aborted when the reader has gone, or something else has ended the connection. */
  readonly gone: AbortSignal;
  /** Sends an event; resolves when there is room for the next one, or the reader has gone. */
  send(event: ServerEvent): Promise<void>;
  end(reason: EventsEnd): void;
}

/** Interval of signs of life while nothing else comes, in milliseconds: proxies take a silent connection for dead. */
export const beatMs = 15_000;

/** Resolves when a full stream has room again, or is closed. */
export function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done);
      stream.off("close", done);
      resolve();
    };
    stream.on("drain", done);
    stream.on("close", done);
  });
}

/**
 * Sends events until there are no more, the reader has gone or `reason` says that it is over: the one way of events, for
 * every transport.
 *
 * @param reason - Asked when the events have ended. Default: `done`.
 * @throws Whatever the events throw; the reader is told that it failed.
 */
export async function sendEvents(
  sink: EventSink,
  events: AsyncIterable<ServerEvent>,
  reason: () => EventsEnd = () => "done",
): Promise<void> {
  try {
    for await (const event of events) await sink.send(event);
    sink.end(reason());
  } catch (error) {
    if (sink.gone.aborted) return;
    sink.end("failed");
    throw error;
  }
}
