import { requestOptions, type FollowOptions } from "./follow-options.ts";
import { readEvents, type ServerEvent } from "./read-events.ts";

/** The reader of events. */
export interface EventListener {
  /** The events since the last call. Answers true if none is to follow. */
  events(events: readonly ServerEvent[]): boolean;
  /** It cannot be read, and is not tried again. */
  failed(error: Error): void;
  /** A connection was made, or has been lost: it is made again. */
  connected(isConnected: boolean): void;
}

/** Events that come within this time are given together, in milliseconds: a page draws no faster. */
const frameMs = 16;
/** Pauses before another try, in milliseconds. */
const pausesMs = [250, 500, 1_000, 2_000, 5_000];
/** Refusals that may pass. Others of the 4xx do not. */
const passing: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Reads server-sent events until the listener has enough or the returned function is called. After a lost connection it goes
 * on behind the last event it has.
 *
 * @param options - Asked before each request: a token may have been renewed.
 */
export function followEvents(url: string, options: () => FollowOptions, listener: EventListener): () => void {
  const leaving = new AbortController();
  void follow(url, options, listener, leaving.signal);
  return () => leaving.abort();
}

async function follow(
  url: string,
  options: () => FollowOptions,
  listener: EventListener,
  signal: AbortSignal,
): Promise<void> {
  let lastId: string | undefined;
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      const body = await open(url, options(), lastId, signal);
      listener.connected(true);
      const batch = new Batch(listener);
      for await (const event of readEvents(body)) {
        failures = 0;
        lastId = event.id ?? lastId;
        if (signal.aborted || batch.add(event)) return;
      }
      if (batch.flush()) return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refusal) return listener.failed(error);
    }
    listener.connected(false);
    const pause = pausesMs[Math.min(failures, pausesMs.length - 1)] ?? 0;
    await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
  }
}

/** An answer that another try would not change. */
class Refusal extends Error {}

async function open(
  url: string,
  options: FollowOptions,
  lastId: string | undefined,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const { headers, credentials } = requestOptions(options);
  const last = lastId === undefined ? {} : { "last-event-id": lastId };
  const response = await fetch(url, {
    headers: { ...headers, ...last, accept: "text/event-stream" },
    credentials,
    signal,
  });
  if (response.ok && response.body !== null) return response.body;
  const message = `${url} answered ${response.status}.`;
  const isFinal = response.status >= 400 && response.status < 500 && !passing.has(response.status);
  await response.body?.cancel();
  throw isFinal ? new Refusal(message) : new Error(message);
}

/** Gives events on together. */
class Batch {
  readonly #listener: EventListener;
  #events: ServerEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(listener: EventListener) {
    this.#listener = listener;
  }

  /** Answers true if no more are wanted. */
  add(event: ServerEvent): boolean {
    this.#events.push(event);
    // The last event of a stream is not kept waiting.
    if (event.event !== "message") return this.flush();
    this.#timer ??= setTimeout(() => this.flush(), frameMs);
    return this.#isOver;
  }

  flush(): boolean {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#events;
    this.#events = [];
    if (events.length > 0 && !this.#isOver) this.#isOver = this.#listener.events(events);
    return this.#isOver;
  }
}
